package dev.longshore.resolver.site;

import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.site.neighbor.NeighborTimes;
import dev.longshore.runtime.config.ServiceContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What tests replace: the disk, clocks, pauses and portions. */
record Surroundings(
    Disk disk,
    InstantSource wall,
    LongSupplier nanos,
    Backoff backoff,
    DagFetch.Portions portions,
    Duration stall,
    NeighborTimes neighbors,
    Duration turn,
    LineRate rate) {
  /** Between two looks at which node keeps what one of them is to keep. */
  private static final Duration TURN = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  static Surroundings of(ServiceContext context, ResolverConfig resolver) {
    Path repository = resolver.kuboRepository();
    return new Surroundings(
        Disk.of(repository == null ? context.shared().home() : repository),
        context.clock(),
        System::nanoTime,
        new Backoff(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault()),
        DagFetch.Portions.USUAL,
        Demands.STALL,
        NeighborTimes.USUAL,
        TURN,
        new LineRate());
  }
}
