package dev.longshore.bench.scale;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.EventJson;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * What a record costs a process that follows it, without Kafka: its thread's processor time to read
 * it, and to bring it into a catalog. Other work on the machine changes that little, and the number
 * of records an image has nothing.
 */
public final class RecordsBenchmark implements Benchmark {
  private static final int MOST_IMAGES = 8_000;
  private static final int ROUNDS = 4;
  private static final int BATCH = 500;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "records";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int count = Math.min(MOST_IMAGES, bench.images());
    GeneratedImages images = new GeneratedImages(count);
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    bench
        .report()
        .title("records: %,d images, rounds in one JVM, microseconds of CPU".formatted(count));
    for (int round = 1; round <= ROUNDS; round++) {
      try (Catalog catalog =
          Catalog.open(folder.resolve("catalog-%d.db".formatted(round)), Clock.systemUTC())) {
        Round times = new Round(catalog);
        for (int i = 0; i < count; i++) {
          for (State state : images.states(i)) {
            times.take(state);
          }
        }
        times.apply();
        bench.report().line("  round %d: %s".formatted(round, times.a(count)));
      }
    }
  }

  /** Records on their way into a catalog that was empty. */
  private static final class Round {
    private final Catalog catalog;
    private final List<CatalogRecord> batch = new ArrayList<>();
    private long records;
    private long reading;
    private long applying;

    Round(Catalog catalog) {
      this.catalog = catalog;
    }

    void take(State state) throws Exception {
      byte[] json = EventJson.write(state);
      long began = THREADS.getCurrentThreadCpuTime();
      State read = EventJson.read(json, state.getClass());
      String key = read.key();
      reading += THREADS.getCurrentThreadCpuTime() - began;
      batch.add(
          new CatalogRecord(Topic.of(read), 0, records++, Clock.systemUTC().instant(), key, read));
      if (batch.size() == BATCH) {
        apply();
      }
    }

    void apply() {
      long began = THREADS.getCurrentThreadCpuTime();
      catalog.writer().apply(List.copyOf(batch));
      applying += THREADS.getCurrentThreadCpuTime() - began;
      batch.clear();
    }

    String a(int images) {
      return "reading %.1f and keeping %.1f for a record; %.0f for the %d of an image"
          .formatted(
              reading / 1e3 / records,
              applying / 1e3 / records,
              (reading + applying) / 1e3 / images,
              records / images);
    }
  }
}
