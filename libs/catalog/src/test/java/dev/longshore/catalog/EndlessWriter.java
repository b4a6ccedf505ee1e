package dev.longshore.catalog;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** A process that applies batches to a catalog, one line a batch, until it is killed. */
final class EndlessWriter {
  /** Records of one batch: enough for a kill to fall into the middle of one. */
  static final int BATCH = 50;

  static final Partition PARTITION = new Partition(Topic.PINS, 0);

  private EndlessWriter() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (Catalog catalog = Catalog.open(Path.of(args[0]), Clock.systemUTC())) {
      long next = catalog.writer().positions().getOrDefault(PARTITION, 0L);
      while (!out.checkError()) {
        List<CatalogRecord> records =
            LongStream.range(next, next + BATCH).mapToObj(EndlessWriter::record).toList();
        next += BATCH;
        catalog.writer().apply(new Batch(records, Map.of(PARTITION, next)));
        out.println(next);
      }
    }
  }

  static CatalogRecord record(long offset) {
    PinState pin = Samples.pin((int) offset, 3, 3);
    return new CatalogRecord(Topic.PINS, 0, offset, Samples.NOW, pin.key(), pin);
  }
}
