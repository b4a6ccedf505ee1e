package dev.longshore.app.faults;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.model.Digest;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.testing.MemoryBus;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** What people decided to forget, and took back, of what was pushed. */
final class Forgotten {
  private final MemoryBus bus;
  private final Envelopes envelopes;
  private final Clock clock;
  private final RandomGenerator random;
  private final Map<Digest, DecisionState> standing = new LinkedHashMap<>();
  private int decisions;

  Forgotten(MemoryBus bus, Clock clock, RandomGenerator random) {
    this.bus = bus;
    this.envelopes = new Envelopes("", "test", clock);
    this.clock = clock;
    this.random = random;
  }

  /** Decides something; says what. */
  String decide(Pushed pushed) {
    return standing.isEmpty() || random.nextBoolean() ? forget(pushed) : undo();
  }

  private String forget(Pushed pushed) {
    List<String> all = pushed.digests();
    Digest digest = Digest.parse(all.get(random.nextInt(all.size())));
    if (!standing.containsKey(digest)) {
      DecisionState decision =
          DecisionState.of(
              "forget-" + decisions++,
              new Decision.Forget("it", List.of(digest)),
              "ann",
              "it had a password",
              clock.instant(),
              null);
      standing.put(digest, decision);
      write(decision);
    }
    return "forget " + digest;
  }

  private String undo() {
    Digest digest = List.copyOf(standing.keySet()).get(random.nextInt(standing.size()));
    DecisionState decision = standing.remove(digest);
    write(decision.undone(new Undone("ann", "it was another", clock.instant())));
    return "undo " + digest;
  }

  private void write(DecisionState decision) {
    bus.append(envelopes.seal(decision, UUID.randomUUID().toString()));
  }

  /** Whether anything was ever decided. */
  boolean isAny() {
    return decisions > 0;
  }

  /** Source digests that are forgotten now. */
  Set<Digest> now() {
    return Set.copyOf(standing.keySet());
  }
}
