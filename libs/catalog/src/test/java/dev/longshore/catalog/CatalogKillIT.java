package dev.longshore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.ImageDag;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@InTurn(SharedTurn.KILLS)
class CatalogKillIT {
  private static final long SEED = 20260301;
  private static final int KILLS = 4;
  @TempDir Path dir;

  @Test
  @Timeout(120)
  void rowsAndPositionsAgreeHoweverOftenItsProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    Path file = dir.resolve("catalog.db");
    long before = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long told = killAfter(file, 1 + random.nextInt(40));
      try (Catalog catalog = Catalog.open(file, Clock.systemUTC())) {
        long position = catalog.writer().positions().get(EndlessWriter.PARTITION);
        assertThat(position).as("seed %d kill %d", SEED, kill).isGreaterThanOrEqualTo(told);
        assertThat(position).isGreaterThan(before);
        assertThat(catalog.totals().pins()).isEqualTo(position);
        assertThat(catalog.pins().of(ImageDag.stored(EndlessWriter.record(position - 1).key())))
            .isPresent();
        before = position;
      }
    }
  }

  /** Kills the writer after so many batches; returns the last position that it told of. */
  private static long killAfter(Path file, int batches) throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EndlessWriter.class.getName(),
                    file.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = writer.inputReader()) {
      long last = 0;
      for (int i = 0; i < batches; i++) {
        String line = lines.readLine();
        assertThat(line).as("the writer ended by itself").isNotNull();
        last = Long.parseLong(line);
      }
      return last;
    } finally {
      writer.destroyForcibly();
      assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
