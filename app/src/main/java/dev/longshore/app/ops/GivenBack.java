package dev.longshore.app.ops;

import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the old generation collected when much was added to it since the last time. The serial
 * collector would let it grow up to {@code -Xmx} first, which is meant for a first read and for
 * more images, and give nothing back until then.
 */
public final class GivenBack implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(GivenBack.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** A collection takes a tenth of a second with 100,000 images, so this is a good deal less. */
  private static final long WORTH_IT = 6L * 1024 * 1024;

  /** Never opened: a stop interrupts its waiter. */
  private final CountDownLatch never = new CountDownLatch(1);

  private final Old old;
  private final Duration pause;
  private final Loop loop = new Loop(name(), this::follow);

  /** The generation that is collected rarely. */
  interface Old {
    long usedBytes();

    /** What was left after its last collection; 0 before the first one. */
    long leftBytes();

    void collect();
  }

  /** Of this process, if its collector is the serial one. */
  public static Optional<GivenBack> ofThisProcess() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .filter(pool -> pool.getName().equals("Tenured Gen"))
        .map(pool -> new GivenBack(new Tenured(pool), PAUSE))
        .findFirst();
  }

  GivenBack(Old old, Duration pause) {
    this.old = old;
    this.pause = pause;
  }

  private record Tenured(MemoryPoolMXBean pool) implements Old {
    @Override
    public long usedBytes() {
      return pool.getUsage().getUsed();
    }

    @Override
    public long leftBytes() {
      MemoryUsage left = pool.getCollectionUsage();
      return left == null ? 0 : left.getUsed();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }

  @Override
  public String name() {
    return "memory to give back";
  }

  @Override
  public void start() {
    loop.start();
  }

  /** Why nothing is given back any more, if so. */
  public Optional<String> trouble() {
    return loop.trouble();
  }

  private void follow() throws InterruptedException {
    while (!never.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
      try {
        if (old.usedBytes() - old.leftBytes() > WORTH_IT) {
          old.collect();
        }
      } catch (RuntimeException | Error e) { // The next look must come whatever this one met.
        LOG.error("memory could not be given back", e);
      }
    }
  }

  @Override
  public void stop(Duration drain) {
    loop.interrupt();
  }
}
