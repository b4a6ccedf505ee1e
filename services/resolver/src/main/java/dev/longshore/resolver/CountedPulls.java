package dev.longshore.resolver;

import dev.longshore.events.PullState;
import dev.longshore.model.Digest;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which source digests were pulled, while a rule needs it: one record per digest and day,
 * some time after the first pull of that day. A kill loses the last minute's pulls.
 */
final class CountedPulls implements PullObserver, Part {
  private static final Logger LOG = LoggerFactory.getLogger(CountedPulls.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  /** Digests and days remembered, some ten megabytes; others may be recorded twice. */
  private static final int REMEMBERED = 50_000;

  /** Limit of records waiting for Kafka; beyond it, a later pull tries again. */
  private static final int WAITING = 10_000;

  private final PullSink sink;
  private final BooleanSupplier asked;
  private final InstantSource clock;
  private final Map<String, PullState> waiting = new LinkedHashMap<>();
  private final Map<String, Boolean> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Never opened: a stop interrupts its waiter. */
  private final CountDownLatch never = new CountDownLatch(1);

  private final Loop loop = new Loop("counted pulls", this::run);

  /**
   * @param asked whether a rule needs it now
   */
  CountedPulls(PullSink sink, BooleanSupplier asked, InstantSource clock) {
    this.sink = sink;
    this.asked = asked;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "counted pulls";
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void asked(ResolvedContent found) {
    if (asked.getAsBoolean()) {
      found.listed().ifPresent(image -> count(image.state().digest()));
    }
  }

  @Override
  public void manifest(String reference, ResolvedContent found) {}

  @Override
  public void blob(ResolvedContent found) {}

  /** A source digest that was pulled at a site. */
  void pulledAtSite(Digest source) {
    if (asked.getAsBoolean()) {
      count(source);
    }
  }

  private synchronized void count(Digest source) {
    PullState pull = new PullState(source, clock.instant().truncatedTo(ChronoUnit.MINUTES));
    String key = pull.key();
    if (kept.get(key) == null && waiting.size() < WAITING) {
      waiting.putIfAbsent(key, pull);
    }
  }

  private void run() throws InterruptedException {
    while (!never.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
      keepAll();
    }
  }

  private void keepAll() throws InterruptedException {
    List<PullState> all;
    synchronized (this) {
      all = List.copyOf(waiting.values());
    }
    try {
      for (PullState pull : all) {
        sink.keep(pull);
        synchronized (this) {
          waiting.remove(pull.key());
          kept.put(pull.key(), true);
        }
      }
    } catch (NotSentException e) {
      LOG.warn("{} pulls wait to be counted: {}", all.size(), e.getMessage());
    }
  }

  /** Why counting has ended, if it failed. */
  Optional<String> trouble() {
    return loop.trouble();
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    var _ = loop.stop(drain);
    keepAll();
  }
}
