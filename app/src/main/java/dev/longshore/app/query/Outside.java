package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.KafkaClients;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.PollState;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.watcher.Deliveries.Seen;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What the catalog does not have: Kafka and peers are asked for it, and this process knows it. */
record Outside(
    List<PeerLook.Answer> peers,
    List<Backlog.Waiting> waiting,
    Staleness staleness,
    List<Seen> notUnderstood,
    List<PollState> pollTroubles,
    List<Backfills.Progress> backfills) {

  /** Asks all of them at once. */
  static Look begin(Settings settings, KeptKafka kafka) {
    return new Look(settings, kafka);
  }

  void put(ObjectNode answer) {
    var lag = answer.putArray("lag");
    waiting.forEach(
        w ->
            lag.addObject()
                .put("service", w.service())
                .put("events", w.events())
                .put("atLeast", w.more())
                .put("oldestSeconds", w.oldest().toSeconds()));
    var all = answer.putArray("peers");
    peers.forEach(
        p ->
            all.addObject()
                .put("peer", p.peer())
                .put("site", p.site())
                .put("up", p.state() == PeerLook.State.UP)
                .put("state", p.state().text())
                .put("problem", p.problem()));
    var first = answer.putArray("backfills");
    backfills.forEach(backfill -> backfill.put(first.addObject()));
    Received.put(notUnderstood, answer.putArray("notUnderstood"));
    var settings = answer.putObject("settings").put("refused", staleness.refused());
    staleness.waiting().forEach(settings.putArray("waiting")::add);
    PollTroubles.put(pollTroubles, answer.putArray("pollTroubles"));
  }

  private record FromKafka(List<Backlog.Waiting> waiting, List<PollState> polls) {
    static FromKafka ask(SharedSettings shared, KafkaClients clients)
        throws ExecutionException, InterruptedException, TimeoutException {
      boolean arePolled = shared.registries().stream().anyMatch(one -> one.poll() != null);
      return new FromKafka(
          Backlog.of(clients, shared.kafka().topicPrefix()),
          arePolled ? clients.polls() : List.of());
    }
  }

  /** What is asked, while the caller goes on. */
  static final class Look implements AutoCloseable {
    private final SharedSettings shared;
    private final PeerLook peers;
    private final KafkaLook<FromKafka> kafka;

    private Look(Settings settings, KeptKafka kafka) {
      this.shared = settings.shared();
      this.peers = PeerLook.begin(shared.peers());
      this.kafka =
          KafkaLook.begin(
              "what waits", shared.kafka(), kafka, clients -> FromKafka.ask(shared, clients));
    }

    Outside found(Catalog catalog, Staleness staleness, List<Seen> notUnderstood)
        throws QueryException, InterruptedException {
      FromKafka found = kafka.found();
      return new Outside(
          peers.answers(),
          found.waiting(),
          staleness,
          notUnderstood,
          PollTroubles.ofRegistries(shared, found.polls()),
          Backfills.of(shared, found.polls(), catalog, Instant.now()).stream()
              .filter(b -> !b.isOver())
              .toList());
    }

    @Override
    public void close() {
      peers.close();
      kafka.close();
    }
  }
}
