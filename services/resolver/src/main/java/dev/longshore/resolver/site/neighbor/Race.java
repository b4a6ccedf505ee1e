package dev.longshore.resolver.site.neighbor;

import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests a CAR from a neighbor, and after a while from the hub as well. The first to send a block
 * wins, and the other request is cancelled.
 */
final class Race {
  private final BlockingQueue<Runner> done = new LinkedBlockingQueue<>();
  private final List<Runner> runners = new ArrayList<>();

  /** Asks for a CAR. */
  @FunctionalInterface
  interface Opening {
    InputStream open() throws HubException, InterruptedException;
  }

  /**
   * Whose answer it is.
   *
   * @param byHub not by the neighbor
   */
  record Won(InputStream car, boolean byHub) {}

  /**
   * The first that sends a block.
   *
   * @param alone nanoseconds for which the neighbor runs alone
   * @throws HubException the neighbor's failure while it ran alone, or the last of both
   */
  static Won run(Opening neighbor, Opening hub, long alone)
      throws HubException, InterruptedException {
    return new Race().between(neighbor, hub, alone);
  }

  private Won between(Opening neighbor, Opening hub, long alone)
      throws HubException, InterruptedException {
    Runner winner = null;
    try {
      Runner near = start(neighbor);
      Runner first = done.poll(alone, TimeUnit.NANOSECONDS);
      if (first == null) {
        var _ = start(hub);
        first = done.take();
        if (first.failure != null) {
          first = done.take();
        }
      }
      if (first.failure != null) {
        throw first.failure;
      }
      winner = first;
      return new Won(first.car(), first != near);
    } finally {
      for (Runner each : runners) {
        if (each != winner) {
          each.stop();
        }
      }
    }
  }

  private Runner start(Opening opening) {
    Runner runner = new Runner(opening);
    runners.add(runner);
    runner.thread.start();
    return runner;
  }

  private final class Runner {
    private final Thread thread;
    private final Opening opening;
    private @Nullable InputStream car;
    private volatile @Nullable HubException failure;
    private boolean stopped;

    private Runner(Opening opening) {
      this.opening = opening;
      this.thread = Thread.ofVirtual().name("first-block").unstarted(this::run);
    }

    private void run() {
      InputStream opened = null;
      try {
        opened = opening.open();
        // Who is stopped reads no more.
        took(opened);
        took(FirstBlock.await(opened));
      } catch (HubException e) {
        failure = e;
      } catch (IOException e) {
        failure = new HubException(Kind.CUT, "before the first block: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new HubException(Kind.CUT, "another one was faster", e);
      } catch (RuntimeException e) {
        failure = new HubException(Kind.AWAY, "it was not asked: " + e, e);
      } finally {
        if (failure != null && opened != null) {
          close(opened);
        }
        done.add(this);
      }
    }

    private synchronized void took(InputStream it) {
      car = it;
      if (stopped) {
        close(it);
      }
    }

    private synchronized InputStream car() {
      InputStream its = car;
      if (its == null) {
        throw new IllegalStateException("it has not begun");
      }
      return its;
    }

    private synchronized void stop() {
      stopped = true;
      thread.interrupt();
      if (car != null) {
        close(car);
      }
    }

    private static void close(InputStream it) {
      try {
        it.close();
      } catch (IOException e) {
        // It is of no use to anybody.
      }
    }
  }
}
