package dev.longshore.app.query;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.PollState;
import dev.longshore.runtime.kafka.link.KafkaSettings;
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
 * @param away peers that do not answer; asked only where the stage waits for peers
 * @param waiting events that wait for each service; read only where the stage waits for its turn
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

  /** What matters at this stage: peers and Kafka are not asked for anything else. */
  static Circumstances of(
      Why.Stage stage, Settings settings, String rule, HintSource source, List<PollState> polls)
      throws QueryException, InterruptedException {
    return new Circumstances(
        Instant.now(),
        rule,
        source.interval(),
        settings.pinner().repairInterval(),
        stage.waitsForPeers() ? away(settings) : List.of(),
        stage.waitsForTurn() ? waiting(settings) : List.of(),
        polls);
  }

  private static List<PeerLook.Answer> away(Settings settings) throws InterruptedException {
    try (PeerLook peers = PeerLook.begin(settings.shared().peers())) {
      return peers.answers().stream().filter(peer -> peer.problem() != null).toList();
    }
  }

  private static List<Backlog.Waiting> waiting(Settings settings)
      throws QueryException, InterruptedException {
    KafkaSettings its = settings.shared().kafka();
    try (KeptKafka kafka = new KeptKafka();
        KafkaLook<List<Backlog.Waiting>> look =
            KafkaLook.begin(
                "what waits", its, kafka, clients -> Backlog.of(clients, its.topicPrefix()))) {
      return look.found();
    }
  }

  Optional<Backlog.Waiting> waitingFor(String service) {
    return waiting.stream().filter(w -> w.service().equals(service) && w.events() > 0).findFirst();
  }
}
