package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.PollState;
import dev.longshore.watcher.Deliveries.Seen;
import java.time.Instant;
import java.util.List;

/** What the catalog does not have: Kafka and peers are asked for it, and this process knows it. */
record Outside(
    List<PeerLook.Answer> peers,
    List<Backlog.Waiting> waiting,
    Staleness staleness,
    List<Seen> notUnderstood,
    List<PollState> pollTroubles,
    List<Backfills.Progress> backfills) {

  /** Asks all of them at once. */
  static Look begin(Settings settings) {
    return new Look(settings);
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

  /** What is asked, while the caller goes on. */
  static final class Look implements AutoCloseable {
    private final PeerLook peers;
    private final Backlog backlog;
    private final PollTroubles polls;
    private final Backfills.Look backfills;

    private Look(Settings settings) {
      this.peers = PeerLook.begin(settings.shared().peers());
      this.backlog = Backlog.begin(settings.shared().kafka());
      this.polls = PollTroubles.ofRegistries(settings.shared());
      this.backfills = Backfills.begin(settings.shared());
    }

    Outside found(Catalog catalog, Staleness staleness, List<Seen> notUnderstood)
        throws QueryException, InterruptedException {
      return new Outside(
          peers.answers(),
          backlog.waiting(),
          staleness,
          notUnderstood,
          polls.found(),
          backfills.found(catalog, Instant.now()).stream().filter(b -> !b.isOver()).toList());
    }

    @Override
    public void close() {
      peers.close();
      backlog.close();
      polls.close();
      backfills.close();
    }
  }
}
