package dev.longshore.app.sites;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Placed;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.State;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Reference;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.ReportedPlace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells which images have arrived at sites, from what these report to the hub. What a site had when
 * this began to look is not told.
 */
public final class Arrivals {
  private static final int PORTION = 500;

  private final Catalog catalog;
  private final Function<String, Optional<ServedPlace>> places;
  private final Instant began;
  private final Consumer<Arrival> listener;
  private final Map<SiteName, Seen> sites = new HashMap<>();

  /** What was told of a site, and what it lacked at its last report. */
  private static final class Seen {
    private final Map<String, ImageDag> shown = new HashMap<>();
    private final Map<String, ServedState> pending = new LinkedHashMap<>();
    private ServedPlace place;
    private long lineBytes;
    private Instant joinedAt;
    private long sequence;

    private Seen(SiteState report) {
      this.place = new ServedPlace("", List.of());
      this.lineBytes = report.lineBytes();
      this.joinedAt = report.joinedAt();
      this.sequence = report.sequence();
    }

    private boolean isNews(SiteState report) {
      return report.joinedAt().isAfter(joinedAt)
          || (report.joinedAt().equals(joinedAt) && report.sequence() > sequence);
    }
  }

  /**
   * @param catalog of a hub of these sites
   * @param began now: for a site that joins later, everything counts as an arrival
   */
  public Arrivals(Catalog catalog, Instant began, Consumer<Arrival> listener) {
    this(catalog, ReportedPlace::of, began, listener);
  }

  Arrivals(
      Catalog catalog,
      Function<String, Optional<ServedPlace>> places,
      Instant began,
      Consumer<Arrival> listener) {
    this.catalog = catalog;
    this.places = places;
    this.began = began;
    this.listener = listener;
  }

  /** All reports that count, after each change of one. */
  public synchronized void know(Map<String, State> states) {
    for (State state : states.values()) {
      if (state instanceof SiteState report) {
        know(report);
      }
    }
  }

  private void know(SiteState report) {
    Seen known = sites.get(report.site());
    if (known == null) {
      Seen seen = new Seen(report);
      sites.put(report.site(), seen);
      read(seen, report);
      if (report.joinedAt().isBefore(began)) {
        tookBefore(seen, report);
      } else {
        seen.lineBytes = 0;
        tell(seen, report);
      }
    } else if (known.isNews(report)) {
      known.joinedAt = report.joinedAt();
      known.sequence = report.sequence();
      read(known, report);
      tell(known, report);
    }
  }

  private static void tookBefore(Seen seen, SiteState report) {
    Set<String> lacks = lacking(seen, report);
    seen.pending.forEach(
        (key, state) -> {
          if (!lacks.contains(key)) {
            remember(seen, key, state);
          }
        });
    seen.pending.keySet().retainAll(lacks);
  }

  /** What the report covers that the one before did not. */
  private void read(Seen seen, SiteState report) {
    Optional<ServedPlace> reached = places.apply(report.cursor());
    if (reached.isEmpty()) {
      return;
    }
    ServedPlace now = reached.get();
    boolean isOther = !now.topic().equals(seen.place.topic());
    for (int partition = 0; partition < now.offsets().size(); partition++) {
      long from = isOther ? 0 : seen.place.offsets().get(partition);
      read(seen, partition, from, now.offsets().get(partition));
    }
    seen.place = now;
  }

  private void read(Seen seen, int partition, long from, long to) {
    long next = from;
    List<Placed<ServedState>> portion;
    do {
      portion = catalog.served().since(partition, next, PORTION);
      for (Placed<ServedState> placed : portion) {
        if (placed.offset() >= to) {
          return;
        }
        next = placed.offset() + 1;
        ServedState state = placed.state();
        if (state.tag() != null && shown(state).isPresent()) {
          seen.pending.put(state.key(), state);
        } else {
          seen.pending.remove(state.key());
        }
      }
    } while (portion.size() == PORTION);
  }

  private static Optional<ServedState.Result> shown(ServedState state) {
    return state.results().stream()
        .filter(result -> result.imageDag().equals(state.selected()))
        .findFirst();
  }

  /**
   * Which of what it is to have it lacks: those it names, or all while more wait for their turn.
   */
  private static Set<String> lacking(Seen seen, SiteState report) {
    Set<String> named = report.exceptions().stream().map(Absence::name).collect(Collectors.toSet());
    return report.behind().images() > named.size() ? Set.copyOf(seen.pending.keySet()) : named;
  }

  private void tell(Seen seen, SiteState report) {
    Set<String> lacks = lacking(seen, report);
    List<Reference> images = new ArrayList<>();
    Instant pushed = Instant.MIN;
    for (Map.Entry<String, ServedState> each : Map.copyOf(seen.pending).entrySet()) {
      ServedState state = each.getValue();
      if (lacks.contains(each.getKey())) {
        continue;
      }
      seen.pending.remove(each.getKey());
      Optional<ServedState.Result> result = shown(state);
      if (result.isPresent()
          && state.tag() != null
          && !result.get().imageDag().equals(seen.shown.get(each.getKey()))) {
        remember(seen, each.getKey(), state);
        images.add(Reference.tagged(state.name(), state.tag()));
        Instant at = result.get().pushedAt();
        Instant began = at == null ? result.get().observedAt() : at;
        pushed = began.isAfter(pushed) ? began : pushed;
      }
    }
    if (!images.isEmpty()) {
      Duration after = Duration.between(pushed, report.receivedAt());
      listener.accept(
          new Arrival(
              report.site(),
              images,
              after.isNegative() ? Duration.ZERO : after,
              report.lineBytes() - seen.lineBytes));
      seen.lineBytes = report.lineBytes();
    }
  }

  private static void remember(Seen seen, String key, ServedState state) {
    shown(state).ifPresent(result -> seen.shown.put(key, result.imageDag()));
  }
}
