package dev.longshore.resolver.site;

import static dev.longshore.resolver.site.PulledSite.blob;
import static dev.longshore.resolver.site.PulledSite.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many ways to the hub and back a client waits for that mounts an image before it came. */
class LazyMountTest {
  /** Of an eStargz layer. */
  private static final int FOOTER = 51;

  private static final int LARGE = 100_000;

  @TempDir private Path home;
  private final AtomicInteger answers = new AtomicInteger();
  private PulledSite bed;
  private MirroredImage image;

  @BeforeEach
  void write() throws Exception {
    bed = new PulledSite(home);
    image =
        MirroredImage.write(
            RandomImage.of(1, RandomImageOptions.small().withLayers(3, 1_600_000)), bed.hub.centre);
  }

  @AfterEach
  void end() throws Exception {
    bed.close();
  }

  private void offer(String mode) throws Exception {
    bed.hub.mode = mode;
    bed.offer("1.0", image);
    bed.start();
  }

  /** The second answer with leaves, and all after it, do not come. */
  private void holdAllButOneAnswer() {
    CountDownLatch released = new CountDownLatch(1);
    bed.hub.released = released;
    bed.hub.leafCars =
        car -> {
          try {
            if (answers.incrementAndGet() > 1 && !released.await(30, TimeUnit.SECONDS)) {
              throw new IllegalStateException("not released");
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return car;
        };
  }

  private byte[] part(String digest, int from, int to) throws Exception {
    HttpResponse<byte[]> answer =
        bed.resolver()
            .send(
                bed.resolver()
                    .request(blob(digest))
                    .header("Range", "bytes=" + from + "-" + (to - 1))
                    .build());
    assertThat(answer.statusCode()).isEqualTo(206);
    return answer.body();
  }

  @Test
  void bothEndsOfEachLayerComeWithTheManifest() throws Exception {
    offer("estargz");
    holdAllButOneAnswer();

    assertThat(bed.resolver().get(manifest("1.0")).body()).isEqualTo(image.image().root().body());
    for (Map.Entry<String, byte[]> each : image.image().blobs().entrySet()) {
      byte[] bytes = each.getValue();
      if (bytes.length < LARGE) {
        assertThat(bed.resolver().get(blob(each.getKey())).body()).isEqualTo(bytes);
      } else {
        assertThat(part(each.getKey(), 0, 2)).isEqualTo(Arrays.copyOf(bytes, 2));
        assertThat(part(each.getKey(), bytes.length - FOOTER, bytes.length))
            .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - FOOTER, bytes.length));
      }
    }
    assertThat(bed.hub.wantedLeaves.getFirst())
        .as("leaves of the first answer, of %d", bed.hub.order(image.dag()).leaves().size())
        .isLessThan(15);
  }

  @Test
  void ofLayersThatArePulledWholeNothingComesOutOfItsOrder() throws Exception {
    offer("plain");

    bed.pull("1.0", image);

    assertThat(bed.hub.wantedLeaves.getFirst()).as("what describes the image alone").isLessThan(9);
  }
}
