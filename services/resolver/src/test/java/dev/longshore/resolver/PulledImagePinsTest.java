package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulledImagePinsTest {

  @TempDir Path folder;
  private Edge edge;
  private MirroredImage image;

  private static Deadline soon() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    image = edge.mirror(1);
    edge.states.tag(Edge.REPOSITORY, "v1", image.digest().toString());
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void pulledImageIsPinnedWholeOnTheOwnNode() throws Exception {
    try (RunningResolver resolver = resolver()) {
      resolver.get("/v2/app/manifests/v1");

      await(() -> edge.own.pinned().containsKey(image.dag()));
      assertThat(edge.own.pinned()).containsEntry(image.dag(), PinNames.PULLED);
      edge.own.collectGarbage(soon());
      edge.far.trouble().goDown();
      for (String blob : image.image().blobs().keySet()) {
        assertThat(resolver.get("/v2/app/blobs/" + blob).body())
            .isEqualTo(image.image().blobs().get(blob));
      }
    }
  }

  @Test
  void pinOfAForgottenImageGoesAtOnceAndDoesNotComeBack() throws Exception {
    MirroredImage second = edge.mirror(2);
    edge.states.tag(Edge.REPOSITORY, "v2", second.digest().toString());
    edge.catalog.writer().complete(States.AT);
    try (RunningResolver resolver = resolver()) {
      resolver.get("/v2/app/manifests/v1");
      resolver.get("/v2/app/manifests/v2");
      await(() -> edge.own.pinned().size() == 2);

      edge.states.forgotten("f1", image.digest());
      await(() -> !edge.own.pinned().containsKey(image.dag()));
      assertThat(edge.own.pinned()).containsOnlyKeys(second.dag());
    }
  }

  @Test
  void pinOfSomeoneElseKeepsItsName() throws Exception {
    edge.own.connect(edge.far.address(), soon());
    edge.own.pin(image.dag(), "longshore", Duration.ofSeconds(5), soon(), PinProgress.NONE);
    MirroredImage second = edge.mirror(2);
    edge.states.tag(Edge.REPOSITORY, "v2", second.digest().toString());
    try (RunningResolver resolver = resolver()) {
      resolver.get("/v2/app/manifests/v1");
      resolver.get("/v2/app/manifests/v2");

      await(() -> edge.own.pinned().containsKey(second.dag()));
      assertThat(edge.own.pinned()).containsEntry(image.dag(), "longshore");
    }
  }

  @Test
  void saysSoWhenADefectEndsIt() {
    IpfsNode defective =
        (IpfsNode)
            Proxy.newProxyInstance(
                IpfsNode.class.getClassLoader(),
                new Class<?>[] {IpfsNode.class},
                (_, _, _) -> {
                  throw new StackOverflowError("a defect");
                });
    edge.catalog.writer().complete(edge.clock.instant());
    try (PulledImagePins pulledImagePins =
        new PulledImagePins(defective, edge.catalog, Duration.ofSeconds(1), true, edge.clock)) {
      await(() -> pulledImagePins.trouble().isPresent());

      assertThat(pulledImagePins.trouble().get())
          .contains("keeper of pulled images has ended", "a defect");
    }
  }

  @Test
  void nodeThatStrangersReachKeepsNothing() throws Exception {
    edge.own.setPrivacy(new SwarmPrivacy.Public(List.of("Bootstrap names public peers")));
    try (RunningResolver resolver = resolver()) {
      resolver.get("/v2/app/manifests/v1");
      edge.own.setPrivacy(new SwarmPrivacy.Private());
      MirroredImage second = edge.mirror(2);
      edge.states.tag(Edge.REPOSITORY, "v2", second.digest().toString());
      resolver.get("/v2/app/manifests/v2");

      await(() -> edge.own.pinned().containsKey(second.dag()));
    }
  }

  @Test
  void ownPinsOfImagesThatAreGoneAreRemovedOnceTheCatalogIsComplete() throws Exception {
    MirroredImage gone = MirroredImage.write(RandomImage.of(7), edge.own);
    MirroredImage others = MirroredImage.write(RandomImage.of(8), edge.own);
    edge.own.pin(gone.dag(), PinNames.PULLED, Duration.ofSeconds(5), soon(), PinProgress.NONE);
    edge.own.pin(others.dag(), "mine", Duration.ofSeconds(5), soon(), PinProgress.NONE);
    resolver().close();
    assertThat(edge.own.pinned()).as("nobody knows yet what is gone").hasSize(2);

    edge.catalog.writer().complete(edge.clock.instant());
    try (RunningResolver resolver = resolver()) {
      await(() -> !edge.own.pinned().containsKey(gone.dag()));
      assertThat(edge.own.pinned()).containsOnlyKeys(others.dag());
      assertThat(resolver.get("/v2/").statusCode()).isEqualTo(200);
    }
  }

  private RunningResolver resolver() throws Exception {
    return new RunningResolver(folder, edge.catalog, edge.own, null, true);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it did not come true in 20 s").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
