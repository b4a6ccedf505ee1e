package dev.longshore.app.faults;

import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.oci.testing.InMemoryRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What is wrong with one program outside, and who calls it all the same. */
final class Outage {
  /** How a program fails. */
  enum Kind {
    AWAY(Duration.ZERO, true),
    ERRORS(Duration.ZERO, true),
    GARBAGE(Duration.ZERO, true),
    /** Callers give up after half a minute. */
    HANGING(Duration.ofSeconds(30), true),
    SLOW(Duration.ofSeconds(5), false);

    private final Duration answer;
    final boolean fails;

    Kind(Duration answer, boolean fails) {
      this.answer = answer;
      this.fails = fails;
    }
  }

  final Kind kind;
  private final IdleTime time;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private volatile boolean lasts;

  Outage(Kind kind, IdleTime time) {
    this.kind = kind;
    this.time = time;
  }

  /** Before each call of the program. */
  void call() {
    if (!lasts) {
      return;
    }
    calls.incrementAndGet();
    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      if (kind.answer.isPositive()) {
        time.hold(kind.answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.decrementAndGet();
    }
  }

  void begin(InMemoryRegistry registry) {
    lasts = true;
    switch (kind) {
      case AWAY, HANGING -> registry.faults().always(Faults.ANY, new Fault.CutAfter(0));
      case ERRORS -> registry.faults().always(Faults.ANY, new Fault.Status(500));
      case GARBAGE -> registry.faults().always(Faults.ANY, new Fault.Page());
      case SLOW -> {}
    }
  }

  void begin(InMemoryIpfsNode node) {
    lasts = true;
    switch (kind) {
      case AWAY -> node.trouble().goDown();
      case ERRORS -> node.trouble().failWith(dev.longshore.ipfs.node.Fault.FAILED);
      case GARBAGE -> node.trouble().failWith(dev.longshore.ipfs.node.Fault.GARBLED);
      case HANGING -> node.trouble().failWith(dev.longshore.ipfs.node.Fault.TIMEOUT);
      case SLOW -> {}
    }
  }

  void end(InMemoryRegistry registry, InMemoryIpfsNode node) {
    lasts = false;
    registry.faults().clear();
    node.trouble().clear();
  }

  /** Calls since it began. */
  int calls() {
    return calls.get();
  }

  /** Calls that waited for an answer at the same moment, at most. */
  int mostAtOnce() {
    return most.get();
  }
}
