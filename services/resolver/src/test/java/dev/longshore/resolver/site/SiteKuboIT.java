package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site's service with a real Kubo. */
@Timeout(180)
class SiteKuboIT {
  @TempDir private Path folder;

  @ParameterizedTest(name = "Kubo''s files can be read: {0}")
  @ValueSource(booleans = {true, false})
  void goesOnInTheMiddleOfAnImageAndServesItWithoutTheHub(boolean files) throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon kubo = KuboDaemon.start("own", folder, key);
        HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(folder.resolve("home"), hub)) {
      site.kuboRepository = files ? kubo.repository() : null;
      site.portions = new DagFetch.Portions(1 << 20, 256 << 10);
      MirroredImage image =
          MirroredImage.write(
              RandomImage.of(3, RandomImageOptions.multiPlatform().withLayers(4, 1 << 20)),
              hub.centre);
      hub.push(SiteBed.REPOSITORY, "1.0", image);
      hub.cutBlocksAfter = 600 << 10;
      site.start(kubo.client());
      Eventually.await(
          "some of it is here",
          () ->
              hub.reports.stream()
                  .flatMap(report -> report.exceptions().stream())
                  .anyMatch(absent -> absent.reason() == AbsenceReason.FAILED));
      assertThat(site.shown("1.0")).isEmpty();
      int asked = hub.sentLeaves.get();

      site.stop();
      hub.cutBlocksAfter = Integer.MAX_VALUE;
      hub.sentLeaves.set(0);
      site.start(kubo.client());
      site.awaitShown("1.0", image);
      assertThat(asked).isPositive();
      assertThat(hub.sentLeaves.get())
          .as("what came before did not come again")
          .isLessThan(hub.order(image.dag()).leaves().size());

      site.stop();
      hub.status = 503;
      site.start(kubo.client());
      var whole =
          kubo.client()
              .verifyLocal(image.dag(), LocalCheck.REHASH, Deadline.after(Duration.ofSeconds(60)));
      assertThat(whole.blocks()).isPositive();
      assertThat(kubo.ipfs("pin", "ls", "--names", "--type=recursive"))
          .contains(image.dag().toString())
          .contains("longshore:default:site:shop");
      try (RunningResolver resolver =
          new RunningResolver(folder.resolve("home"), site.catalog(), kubo.client(), null, false)) {
        String app = "/v2/" + SiteBed.REPOSITORY;
        assertThat(resolver.get(app + "/manifests/1.0").body())
            .isEqualTo(image.image().root().body());
        for (var blob : image.image().blobs().entrySet()) {
          assertThat(resolver.get(app + "/blobs/" + blob.getKey()).body())
              .isEqualTo(blob.getValue());
        }
      }
    }
  }

  @ParameterizedTest(name = "Kubo''s files can be read: {0}")
  @ValueSource(booleans = {true, false})
  void aPullMendsABlockThatRottedInTheFilesOfKubo(boolean files) throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon kubo = KuboDaemon.start("own", folder, key);
        HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(folder.resolve("home"), hub)) {
      site.kuboRepository = files ? kubo.repository() : null;
      MirroredImage image =
          MirroredImage.write(
              RandomImage.of(3, RandomImageOptions.small().withLayers(1, 1 << 20)), hub.centre);
      hub.push(SiteBed.REPOSITORY, "1.0", image);
      site.start(kubo.client());
      site.awaitShown("1.0", image);
      Cid leaf =
          hub.order(image.dag()).leaves().stream()
              .max(Comparator.comparingLong(LeafOrder.Leaf::bytes))
              .orElseThrow()
              .cid();
      Path block = FlatFs.file(kubo.repository(), leaf);
      byte[] right = Files.readAllBytes(block);
      byte[] rotten = right.clone();
      rotten[rotten.length / 2] ^= 1;
      Files.write(block, rotten);

      try (RunningResolver resolver =
          RunningResolver.ofSite(
              folder.resolve("home"),
              site.catalog(),
              kubo.client(),
              site.service().upstream(),
              0,
              site.kuboRepository)) {
        pull(resolver, image);
        Eventually.await("it is replaced", () -> holds(block, right));
        Eventually.await("it is pinned again", () -> isPinned(kubo, image));
        hub.status = 503;
        pull(resolver, image);
      }
    }
  }

  private static void pull(RunningResolver resolver, MirroredImage image) throws Exception {
    for (var blob : image.image().blobs().entrySet()) {
      String path = "/v2/" + SiteBed.REPOSITORY + "/blobs/" + blob.getKey();
      assertThat(resolver.get(path).body()).isEqualTo(blob.getValue());
    }
  }

  private static boolean holds(Path file, byte[] bytes) {
    try {
      return Arrays.equals(Files.readAllBytes(file), bytes);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isPinned(KuboDaemon kubo, MirroredImage image) {
    try {
      return kubo.client().isPinned(image.dag(), Deadline.after(Duration.ofSeconds(10)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void joiningFindsTheFilesOfItsKuboAndLeavesNothingThere() throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon kubo = KuboDaemon.start("own", folder, key)) {
      Joining joining =
          new Joining(new SiteFolder(folder.resolve("home")), "test", new ManualClock(HubTwin.AT));

      assertThat(joining.checkNode(kubo.client(), false, kubo.repository())).isTrue();
      assertThat(joining.checkNode(kubo.client(), false, folder)).isFalse();
    }
  }
}
