package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.testing.FirstSeed;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plan for very many images that share layers, counted twice. The whole size is {@code
 * -Dlongshore.images=50000}, with {@code -Xmx256m}.
 */
class PlanOfManyImagesTest {
  private static final int IMAGES = Integer.getInteger("longshore.images", 2_000);
  private static final long ROOM = 1L << 50;
  private static final int WHOLE = 50_000;
  private static final long HEAP = 256L << 20;

  @TempDir Path folder;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void isExactHoweverManyThereAre() throws Exception {
    assertThat(Runtime.getRuntime().maxMemory())
        .as("the whole size is to fit into %d MiB", HEAP >> 20)
        .isLessThanOrEqualTo(IMAGES < WHOLE ? Long.MAX_VALUE : HEAP);
    long seed = FirstSeed.get();
    try (PlanBed bed = new PlanBed(folder)) {
      ManyImages images = new ManyImages(IMAGES, seed);
      bed.images = images;
      bed.configure("  - {match: \"**\", copies: 3}");
      bed.room(ROOM);
      ManyImages.Sum sum = images.sum();

      JsonNode plan = bed.json(0);

      assertThat(plan.get("images").asLong()).as("seed " + seed).isEqualTo(IMAGES);
      assertThat(plan.get("digests").asLong()).isEqualTo(IMAGES);
      assertThat(plan.get("blobs").asLong()).as("seed " + seed).isEqualTo(sum.blobs());
      assertThat(plan.get("blobBytes").asLong()).as("seed " + seed).isEqualTo(sum.bytes());
      assertThat(plan.get("unsharedBytes").asLong()).as("seed " + seed).isEqualTo(sum.unshared());
      assertThat(plan.at("/registries/0/requestsOfThisPlan").asLong()).isEqualTo(images.requests());
      for (JsonNode peer : plan.get("peers")) {
        assertThat(peer.get("copies").asLong()).isEqualTo(IMAGES);
        assertThat(peer.get("bytes").asLong())
            .as("each blob once on each peer, seed " + seed)
            .isEqualTo(sum.bytes() + sum.manifests());
      }
    }
  }
}
