package dev.longshore.resolver.site.neighbor;

import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.DagPresence;
import dev.longshore.sites.DagPresence.State;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NeighborProbeTest {
  /** Otherwise nobody would hear of a node again until a restart. */
  @Test
  void keysThatCannotBeReadForOnceEndNoGreeting() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    NeighborProbe probe =
        new NeighborProbe(
            new DagPresence("a", "instance", State.ABSENT),
            new Nodes(List.of(), InetAddress::getAllByName, System::nanoTime),
            new Roster(System::nanoTime),
            NeighborTimes.USUAL,
            () -> {
              int look = asked.incrementAndGet();
              if (look == 1) {
                throw new IllegalStateException("a key that is half written");
              }
              if (look == 2) {
                throw new NoSuchMethodError("of a jar that was exchanged");
              }
              return Optional.empty();
            });
    Thread greeting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    probe.greet();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });

    Eventually.await("it is asked for keys again", () -> asked.get() > 2);
    greeting.interrupt();
    greeting.join();
  }
}
