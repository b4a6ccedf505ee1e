package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.programs.FreePorts;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.Relay;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a broker that nobody closed and on which nothing answers. */
@InTurn(SharedTurn.QUEUES)
final class DeadConnectionIT {
  @Test
  void aRecordThatADeadConnectionSwallowedDoesNotStopTheNext(@TempDir Path dir) throws Exception {
    int relayed = FreePorts.find();
    int inside = FreePorts.find();
    try (Relay relay = Relay.open(relayed);
        KafkaBroker _ = broker(dir, relayed, inside, relay);
        KafkaBed bed = new KafkaBed(Map.of("bootstrap.servers", "127.0.0.1:" + inside));
        EventSender sender =
            new EventSender(
                Map.of("bootstrap.servers", relay.address()),
                bed.prefix(),
                "watcher",
                Duration.ofSeconds(6),
                Clock.systemUTC())) {
      Eventually.await("the first one", () -> sends(sender, 1));
      relay.swallow();
      sends(sender, 2);
      sender.send(observed("name", 3), "after it");
      assertThat(bed.records(Topic.OBSERVED)).extracting(MemoryBus::id).contains("1", "after it");
    }
  }

  private static boolean sends(EventSender sender, int number) {
    try {
      sender.send(observed("name", number), Integer.toString(number));
      return true;
    } catch (NotSentException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Clients connect through the relay; the broker itself and the test do not. */
  private static KafkaBroker broker(Path dir, int relayed, int inside, Relay relay) {
    return KafkaBroker.startWithListeners(
        dir,
        List.of("RELAYED://127.0.0.1:" + relayed, "INSIDE://127.0.0.1:" + inside),
        Map.of(
            "advertised.listeners",
            "RELAYED://%s,INSIDE://127.0.0.1:%d".formatted(relay.address(), inside),
            "listener.security.protocol.map",
            "PLAINTEXT:PLAINTEXT,RELAYED:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name",
            "INSIDE"));
  }
}
