package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.resolver.name.Selector;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to one tag that overtake each other, through the steps of all four services. */
@Timeout(60)
class TagRacesTest {
  private static final RandomImage A = RandomImage.of(1);
  private static final RandomImage B = RandomImage.of(2);
  @TempDir Path folder;
  private InMemoryLongshore longshore;

  @BeforeEach
  void start() throws Exception {
    longshore = new InMemoryLongshore(folder);
  }

  @AfterEach
  void end() {
    longshore.close();
  }

  @Test
  void aTagThatWentToBAndBackToAServesAThoughBIsReadyLast() throws Exception {
    Descriptor a = longshore.push("1.0", A);
    longshore.awaitServed(a, 3);
    CountDownLatch gate = new CountDownLatch(1);
    String layer = B.blobs().keySet().iterator().next();
    longshore.registry.faults().next(layer, new Fault.Held(gate));
    Descriptor b = longshore.push("1.0", B);
    awaitTag(b);
    assertThat(served()).as("B has no copy yet").isEqualTo(a.digest());

    longshore.push("1.0", A);
    awaitTag(a);
    assertThat(served()).isEqualTo(a.digest());
    gate.countDown();

    longshore.awaitCopies(b, 3);
    assertThat(served()).isEqualTo(a.digest());
    assertThat(tag().previous()).containsExactly(b.digest());
    assertThat(Digest.of(longshore.pull(new Selector.ByDigest(b.digest()))))
        .as("B is not lost")
        .isEqualTo(b.digest());
  }

  @Test
  void bothOfTwoVersionsThatFollowedAtOnceAreMirroredAndTheTagServesTheSecond() throws Exception {
    Descriptor v1 = longshore.registry.push(InMemoryLongshore.APP, "latest", A);
    Descriptor v2 = longshore.registry.push(InMemoryLongshore.APP, "latest", B);
    longshore.tell("latest", v1);
    longshore.tell("latest", v2);

    longshore.awaitCopies(v1, 3);
    longshore.awaitServed(v2, 3);

    assertThat(Digest.of(longshore.pull(new Selector.ByTag(new Tag("latest")))))
        .isEqualTo(v2.digest());
    assertThat(Digest.of(longshore.pull(new Selector.ByDigest(v1.digest()))))
        .isEqualTo(v1.digest());
  }

  private Digest served() throws Exception {
    return Digest.of(longshore.pull(new Selector.ByTag(new Tag("1.0"))));
  }

  private TagState tag() {
    return longshore
        .catalog
        .tags()
        .of(RepositoryName.canonical("localhost:5055/team/app"), new Tag("1.0"))
        .orElseThrow();
  }

  private void awaitTag(Descriptor image) throws InterruptedException {
    assertThat(
            longshore.catalog.await(
                () -> Optional.of(tag()).filter(t -> t.digest().equals(image.digest())),
                InMemoryLongshore.SOON))
        .isPresent();
  }
}
