package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.resolver.registry.RegistryApi;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the edge does while everything else is away. */
@Timeout(180)
class OfflineIT {
  private static final String APP = "/v2/" + Edge.REPOSITORY;

  @TempDir Path folder;

  @Test
  void edgeServesByNameWhatItHeldAcrossARestartWhileAllOthersAreAway() throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon own = KuboDaemon.start("own", folder, key);
        KuboDaemon far = KuboDaemon.start("far", folder, key);
        RealEdge edge = new RealEdge(folder.resolve("home"), own, far)) {
      MirroredImage image =
          edge.mirror(RandomImage.of(31, RandomImageOptions.multiPlatform()), "v1");
      pullAll(edge, image);
      MirroredImage never = edge.mirror(RandomImage.of(32), "never");

      far.kill();
      emptyCache(folder.resolve("home/resolver/cache"));
      edge.restart();
      edge.resolver().source.setAge(Duration.ofHours(3));

      HttpResponse<byte[]> manifest = edge.resolver().get(APP + "/manifests/v1");
      assertThat(manifest.body()).isEqualTo(image.image().root().body());
      assertThat(manifest.headers().firstValue(RegistryApi.KNOWLEDGE_AGE)).contains("10800");
      pullAll(edge, image);
      assertThat(edge.resolver().get(APP + "/manifests/never").statusCode())
          .as("known, but it was never here")
          .isIn(502, 504);
      assertThat(edge.resolver().get(APP + "/manifests/" + never.digest()).statusCode())
          .isIn(502, 504);
      assertThat(edge.resolver().get(APP + "/manifests/other").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void peerThatHangsEndsInTimeAndIsUsedAgainWhenItGoesOn() throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon own = KuboDaemon.start("own", folder, key);
        KuboDaemon far = KuboDaemon.start("far", folder, key);
        RealEdge edge = new RealEdge(folder.resolve("home"), own, far)) {
      MirroredImage image =
          edge.mirror(
              RandomImage.of(33, RandomImageOptions.small().withLayers(1, 4_000_000)), "v1");
      edge.resolver().get(APP + "/manifests/v1");
      String layer =
          image.image().blobs().entrySet().stream()
              .max(Comparator.comparingInt(e -> e.getValue().length))
              .orElseThrow()
              .getKey();

      far.signal("STOP");
      long begin = System.nanoTime();
      assertThat(edge.resolver().get(APP + "/blobs/" + layer).statusCode()).isEqualTo(504);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isLessThan(RunningResolver.NO_PROGRESS.multipliedBy(4));
      far.signal("CONT");
      assertThat(edge.resolver().get(APP + "/blobs/" + layer).body())
          .isEqualTo(image.image().blobs().get(layer));
    }
  }

  private static void pullAll(RealEdge edge, MirroredImage image) throws Exception {
    for (RandomImage.StoredManifest manifest : image.image().manifests()) {
      assertThat(edge.resolver().get(APP + "/manifests/" + manifest.digest()).body())
          .isEqualTo(manifest.body());
    }
    for (String blob : image.image().blobs().keySet()) {
      assertThat(edge.resolver().get(APP + "/blobs/" + blob).body())
          .isEqualTo(image.image().blobs().get(blob));
    }
  }

  /** So that the node itself must have it all. */
  private static void emptyCache(Path cache) throws Exception {
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }
}
