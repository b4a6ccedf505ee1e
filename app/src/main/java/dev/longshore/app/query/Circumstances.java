package dev.longshore.app.query;

import dev.longshore.events.PollState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an image's progress depends on apart from the image itself.
 *
 * @param now the time of these observations
 * @param rule the rule that matches it, in words
 * @param pollInterval longest pause between two polls of its registry; null if it is not polled
 * @param repairInterval pause between two checks by the pinner for images short of copies
 * @param away peers that do not answer
 * @param waiting events that wait for each service
 * @param pollTroubles why its registry or repository could not be polled
 */
record Circumstances(
    Instant now,
    String rule,
    @Nullable Duration pollInterval,
    Duration repairInterval,
    List<PeerLook.Answer> away,
    List<Backlog.Waiting> waiting,
    List<PollState> pollTroubles) {
  Circumstances {
    away = List.copyOf(away);
    waiting = List.copyOf(waiting);
    pollTroubles = List.copyOf(pollTroubles);
  }

  Optional<Backlog.Waiting> waitingFor(String service) {
    return waiting.stream().filter(w -> w.service().equals(service) && w.events() > 0).findFirst();
  }
}
