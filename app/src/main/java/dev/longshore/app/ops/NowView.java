package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.ops.Refreshed.Measured;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.app.query.list.ListedGuard;
import dev.longshore.app.query.list.ListedPeer;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CopiesOfPeer;
import dev.longshore.catalog.Totals;
import dev.longshore.events.Topic;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.SharedSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What is going on now. Figures that take longer are found out once for all who look: what the
 * catalog alone says at each change, what Kafka and peers are asked for every few seconds, and what
 * reads all images as often as takes a fiftieth of a processor.
 */
final class NowView {
  private static final int LISTED = 20;

  /** Changes in between are shown together. */
  private static final Duration AT_A_CHANGE = Duration.ofMillis(500);

  /** Connects to Kafka and to each peer. */
  private static final Duration ASKED = Duration.ofSeconds(5);

  /** Failures tell when they are tried again. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(30);

  /** If they are few; of 100,000 images each takes up to a second. */
  private static final Duration COUNTED = Duration.ofSeconds(2);

  /** Most of a processor that one of them takes is a fiftieth. */
  private static final int COUNTED_RESTS = 49;

  /** Of what time changes, too, such as when an image may go. */
  private static final Duration IN_ANY_CASE = Duration.ofMinutes(5);

  private static final Duration FIRST = Duration.ofSeconds(5);

  /** The rest does not wait for it: the page gets it once it is known. */
  private static final Duration NEWER = Duration.ofMillis(300);

  private static final Duration SITES = Duration.ofMillis(200);

  private final Supplier<Settings> settings;
  private final Catalog catalog;
  private final Reading reading;
  private final SitesView sites;
  private final Clock clock;
  private final AtomicLong changes = new AtomicLong();
  private final Unchanged<ObjectNode> totals;
  private final Refreshed<ObjectNode> known;
  private final Refreshed<JsonNode> status;
  private final Unchanged<Map<PeerName, CopiesOfPeer>> byPeer;
  private final Refreshed<Map<PeerName, CopiesOfPeer>> copies;
  private final Refreshed<List<ObjectNode>> guards;

  /**
   * @param queries of the state as it is, without waiting for Kafka
   * @param kafka asked what waits
   * @param onChange told when a figure changed
   */
  NowView(
      Supplier<Settings> settings,
      Reading reading,
      Supplier<Queries> queries,
      KeptKafka kafka,
      SitesView sites,
      Clock clock,
      Runnable onChange) {
    this.settings = settings;
    this.catalog = reading.catalog();
    this.reading = reading;
    this.sites = sites;
    this.clock = clock;
    this.totals = unchanged(IN_ANY_CASE, this::totals);
    this.known =
        new Refreshed<>(
            "state",
            AT_A_CHANGE,
            Refreshed.RESTS,
            unchanged(KNOWN_FOR, () -> known(queries.get())),
            clock,
            onChange);
    this.status =
        new Refreshed<>("queues", ASKED, 0, () -> queries.get().outside(kafka), clock, onChange);
    this.byPeer = unchanged(IN_ANY_CASE, () -> catalog.copies().byPeer());
    this.copies = new Refreshed<>("copies", COUNTED, COUNTED_RESTS, byPeer, clock, onChange);
    this.guards =
        new Refreshed<>(
            "guards",
            COUNTED,
            COUNTED_RESTS,
            unchanged(IN_ANY_CASE, this::listGuards),
            clock,
            onChange);
    var _ = catalog.onChange(this::changed);
    var _ = catalog.onRebuilt(changes::incrementAndGet);
  }

  /**
   * What guards stop is counted anew after a decision, whoever made it: once its record is here, as
   * a count before that would be the old one.
   */
  private void changed(CatalogRecord record) {
    changes.incrementAndGet();
    if (record.topic() == Topic.DECISIONS) {
      guards.expire();
    }
  }

  private record MadeOf(long changes, Settings settings) {}

  private <T> Unchanged<T> unchanged(Duration most, Refreshed.Work<T> work) {
    return new Unchanged<>(() -> new MadeOf(changes.get(), settings.get()), most, clock, work);
  }

  ObjectNode json() throws InterruptedException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("at", clock.instant().toString());
    // What reads all images begins after what the first view waits for.
    ObjectNode state = answer.putObject("known");
    if (reading.isWhole()) {
      put(state, known.now(FIRST, NEWER));
    }
    Measured<JsonNode> asked = status.now(Duration.ZERO, Duration.ZERO);
    sites.put(answer.putObject("sites"), LISTED, SITES);
    Measured<List<ObjectNode>> stopped = guards.now(Duration.ZERO, Duration.ZERO);
    Measured<Map<PeerName, CopiesOfPeer>> counted = copies.now(Duration.ZERO, Duration.ZERO);
    put(answer.putObject("status"), asked);
    ObjectNode held = answer.putObject("guards");
    stopped.value().ifPresent(all -> all.forEach(held.withArray("value")::add));
    if (stopped.value().isPresent()) {
      var _ = held.withArray("value");
    }
    times(held, stopped);
    ObjectNode peers = answer.putObject("peers");
    times(peers, counted);
    var list = peers.putArray("listed");
    ListedPeer.all(settings.get().shared().peers(), catalog, counted.value().orElse(Map.of()))
        .forEach(peer -> peer.put(list.addObject()));
    return answer;
  }

  /** All failures; their numbers are not summed up again while nothing changed. */
  ObjectNode failures(Queries queries) throws QueryException, InterruptedException {
    ObjectNode its = totals.run();
    return FailuresView.json(
        queries, its.path("permanent").asLong(), its.path("transient").asLong());
  }

  private List<ObjectNode> listGuards() throws QueryException, InterruptedException {
    SharedSettings shared = settings.get().shared();
    return ListedGuard.all(catalog, shared, byPeer.run().keySet(), clock).stream()
        .map(guard -> guard.json().put("line", guard.line()))
        .toList();
  }

  private static void put(ObjectNode node, Measured<? extends JsonNode> measured) {
    measured.value().ifPresent(value -> node.set("value", value));
    times(node, measured);
  }

  private static void times(ObjectNode node, Measured<?> measured) {
    node.put("at", Optional.ofNullable(measured.at()).map(Objects::toString).orElse(null));
    node.put("problem", measured.problem());
  }

  private ObjectNode known(Queries queries) throws QueryException, InterruptedException {
    ObjectNode node = totals.run().deepCopy();
    node.set("troubles", FailuresView.list(queries, LISTED));
    return node;
  }

  /** Summed up of all images, or found among them: no time changes it. */
  private ObjectNode totals() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Totals all = catalog.totals();
    node.put("tags", all.tags())
        .put("images", all.images())
        .put("incompleteImages", all.incompleteImages())
        .put("bytes", all.bytes())
        .put("blobs", all.blobs())
        .put("copies", all.copies())
        .put("short", all.pinsShort())
        .put("withoutCopy", all.pinsWithoutCopy())
        .put("permanent", all.permanentTroubles())
        .put("transient", all.transientTroubles());
    ShortImages.put(catalog, node.putArray("shortImages"), LISTED);
    return node;
  }
}
