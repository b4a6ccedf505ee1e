package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site that dies before or after any call to its node ends in the same state. */
class KilledSiteTest {
  private static final Set<String> STEPS =
      Set.of("importCar", "verifyLocal", "isPinned", "pin", "pins", "unpin", "collectGarbage");

  @TempDir private Path folder;

  /** The process is gone: nothing catches it but the test. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A node whose caller dies at a call. */
  private static IpfsNode dyingAt(int call, boolean before, IpfsNode node, AtomicInteger calls) {
    return dying(name -> STEPS.contains(name) && calls.incrementAndGet() >= call, before, node);
  }

  private static IpfsNode dying(Predicate<String> at, boolean before, IpfsNode node) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              boolean dies = at.test(method.getName());
              if (dies && before) {
                throw new Killed();
              }
              try {
                Object result = method.invoke(node, arguments);
                if (dies) {
                  throw new Killed();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void endsInTheSameStateWhereverItDies() throws Exception {
    boolean survived = false;
    for (int call = 1; !survived; call++) {
      for (boolean before : new boolean[] {true, false}) {
        survived = lives(call, before);
      }
    }
  }

  /** What its node was given stays: only what the node lacks comes over the line. */
  @ParameterizedTest(name = "killed at the import of piece {0}")
  @ValueSource(ints = {3, 8})
  void goesOnInTheMiddleOfAnImage(int piece) throws Exception {
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(folder, hub)) {
      // Each leaf is given to the node by itself, after the inner nodes.
      site.portions = new DagFetch.Portions(1 << 20, 1);
      MirroredImage image =
          MirroredImage.write(
              RandomImage.of(1, RandomImageOptions.small().withLayers(3, 1_000_000)), hub.centre);
      List<Cid> leaves = hub.order(image.dag()).leaves().stream().map(leaf -> leaf.cid()).toList();
      hub.push(SiteBed.REPOSITORY, "1.0", image);
      AtomicInteger pieces = new AtomicInteger();
      site.start(
          dying(
              name -> name.equals("importCar") && pieces.incrementAndGet() >= piece,
              true,
              site.own));
      Eventually.await("it dies", () -> site.service().trouble().isPresent());
      site.stop();
      int lacking = (int) leaves.stream().filter(c -> !site.own.storedBlocks().contains(c)).count();
      assertThat(lacking).isBetween(1, leaves.size() - 1);
      hub.sentLeaves.set(0);
      hub.requests.clear();

      site.start();

      site.awaitShown("1.0", image);
      assertThat(hub.sentLeaves).hasValue(lacking);
      assertThat(hub.requests).noneMatch(request -> request.contains("/nodes"));
    }
  }

  /** What follows the hub's changes lives a moment longer than what fetches. */
  @Test
  void letsGoOfWhatWasForgottenWhileItWasPinnedAndNotYetNoted() throws Exception {
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(folder, hub)) {
      MirroredImage forgotten = hub.image(1);
      NameChange change = hub.push(SiteBed.REPOSITORY, "forgotten", forgotten);
      site.start(dying("pin"::equals, false, site.own));
      Eventually.await("it dies", () -> site.service().trouble().isPresent());
      assertThat(site.pinned(forgotten)).isTrue();
      hub.remove(change, RemovalReason.FORGOTTEN);
      site.awaitReport(
          "it heard of it", report -> report.cursor() != null && report.behind().images() == 0);
      site.stop();

      site.start();

      Eventually.await(
          "it is gone",
          () -> !site.pinned(forgotten) && !site.own.storedBlocks().contains(forgotten.dag()));
    }
  }

  /** Returns whether it came to its end without dying. */
  private boolean lives(int call, boolean before) throws Exception {
    Path home = folder.resolve(call + (before ? "-before" : "-after"));
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      site.portions = new DagFetch.Portions(4096, 2048);
      MirroredImage forgotten = hub.image(1);
      MirroredImage kept = hub.image(2);
      AtomicInteger calls = new AtomicInteger();
      NameChange change = hub.push(SiteBed.REPOSITORY, "forgotten", forgotten);
      site.start(dyingAt(call, before, site.own, calls));
      Eventually.await(
          "it dies or goes on",
          () -> site.shown("forgotten").isPresent() || site.service().trouble().isPresent());
      hub.remove(change, RemovalReason.FORGOTTEN);
      hub.push(SiteBed.REPOSITORY, "kept", kept);
      Eventually.await(
          "it dies or comes to its end",
          () -> isAtItsEnd(site, forgotten, kept) || site.service().trouble().isPresent());
      boolean lived = site.service().trouble().isEmpty();
      site.stop();

      site.start();

      Eventually.await(
          "the end after call " + call + (before ? ", before it" : ", after it"),
          () -> isAtItsEnd(site, forgotten, kept));
      assertThat(site.own.pinned()).containsOnlyKeys(kept.dag());
      assertThat(site.service().trouble()).isEmpty();
      return lived;
    }
  }

  private static boolean isAtItsEnd(SiteBed site, MirroredImage forgotten, MirroredImage kept) {
    return site.shown("kept").isPresent()
        && site.pinned(kept)
        && site.shown("forgotten").isEmpty()
        && !site.pinned(forgotten)
        && !site.own.storedBlocks().contains(forgotten.dag());
  }
}
