package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.estargz.EstargzException.Reason;
import dev.longshore.testing.Attack;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Random tars: a plain pull makes the same of what went in and of what came out. */
final class RoundTripTest {
  private static final int TARS = 650;
  private static final EstargzSettings SMALL_CHUNKS =
      new EstargzSettings(4096, 0, 8192, 16384, List.of("a/b/f3", "c/f5", "l/f7", "w/f9"));
  private static final EstargzSettings SHARED_MEMBERS =
      new EstargzSettings(8192, 3000, 2048, 4096, List.of());

  private final EstargzWriter writer = Written.writer(2);

  @Test
  void aPlainPullSeesTheSameFiles() throws IOException {
    requireSurvivors(LazyFormat.ESTARGZ);
  }

  @Test
  void soItDoesInZstdFrames() throws IOException {
    requireSurvivors(LazyFormat.ZSTD_CHUNKED);
  }

  private void requireSurvivors(LazyFormat form) throws IOException {
    int refused = 0;
    for (long seed = Attack.seed(); seed < Attack.seed() + TARS; seed++) {
      byte[] tar = RandomTar.of(seed);
      EstargzSettings settings =
          switch ((int) (seed % 3)) {
            case 0 -> EstargzSettings.DEFAULT;
            case 1 -> SMALL_CHUNKS;
            default -> SHARED_MEMBERS;
          };
      if (!survives(tar, settings.withForm(form), seed)) {
        refused++;
      }
    }
    assertThat(TARS - refused).as("tars that survived").isGreaterThanOrEqualTo(500);
  }

  /** False if the tar says things that have no answer. */
  private boolean survives(byte[] tar, EstargzSettings settings, long seed) throws IOException {
    Written written;
    try {
      written = Written.by(writer, tar, settings);
    } catch (EstargzException e) {
      assertThat(e.reason())
          .as("seed %d: %s", seed, e.getMessage())
          .isIn(Reason.AMBIGUOUS, Reason.LINK_UNKNOWN);
      return false;
    }
    SortedMap<String, String> before;
    try {
      before = Extracted.of(tar);
    } catch (AssertionError e) {
      return false; // a link to something that the same layer deletes: nobody can pull that
    }
    assertThat(Extracted.of(written.tar())).as("seed %d", seed).isEqualTo(before);
    assertThat(written.layer().uncompressedSize()).isEqualTo(written.tar().length);
    return true;
  }
}
