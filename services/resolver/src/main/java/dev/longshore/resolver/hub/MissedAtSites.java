package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ServedState;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Names that sites were asked for and do not know. A site may lie: only names covered by its rules
 * and not yet shown by the hub count, limited per hour.
 */
final class MissedAtSites {
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");

  /** Limit of names from one site in an hour. */
  static final int OF_A_SITE = 60;

  static final Duration EVERY = Duration.ofHours(1);

  /** Several sites that miss the same image make one hint. */
  static final Duration FOR_ALL = Duration.ofMinutes(5);

  /** Limit of remembered sites. */
  private static final int SITES = 1_000;

  /** Limit of remembered names for all sites. */
  private static final int NAMES = 1_000;

  private final Catalog catalog;
  private final InstantSource clock;
  private final LongCounter counter;

  private final Map<SiteName, Map<String, Instant>> bySite = bounded(SITES);
  private final Map<String, Instant> byName = bounded(NAMES);

  private enum Result {
    HINTED,
    KNOWN,
    REPEATED,
    OUTSIDE,
    MALFORMED,
    TOO_MANY
  }

  MissedAtSites(Catalog catalog, Meter meter, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
    this.counter =
        meter
            .counterBuilder("longshore.hub.missed")
            .setDescription("Names that sites were asked for and did not know")
            .build();
    for (Result result : Result.values()) {
      count(result, 0);
    }
  }

  private void count(Result result, long names) {
    counter.add(names, Attributes.of(RESULT, result.name().toLowerCase(Locale.ROOT)));
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /** The names worth a look at their registry. */
  List<Reference> toLookFor(SiteCall call, List<String> names) {
    List<Reference> all = new ArrayList<>();
    for (String name : names) {
      Optional<Reference> read = reference(name);
      Result result =
          read.isEmpty() ? Result.MALFORMED : result(call, read.get(), read.get().toString());
      count(result, 1);
      if (result == Result.HINTED) {
        all.add(read.orElseThrow());
      }
    }
    return all;
  }

  /** A name with a tag, and nothing else. */
  private static Optional<Reference> reference(String name) {
    try {
      return Optional.of(Reference.canonical(name))
          .filter(read -> read.digest().isEmpty() && read.toString().equals(name));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  private Result result(SiteCall call, Reference name, String text) {
    Tag tag = name.tag().orElseThrow();
    if (call.group().rules().of(name.name(), tag).isEmpty()) {
      return Result.OUTSIDE;
    }
    Optional<ServedState> served = catalog.served().of(name.name(), tag);
    if (served.filter(state -> state.removed() == null).isPresent()) {
      return Result.KNOWN;
    }
    return admitted(call.caller().site(), text);
  }

  private synchronized Result admitted(SiteName site, String name) {
    Instant now = clock.instant();
    Map<String, Instant> its = bySite.computeIfAbsent(site, _ -> new HashMap<>());
    its.values().removeIf(at -> isOver(at, EVERY, now));
    if (its.containsKey(name)) {
      return Result.REPEATED;
    }
    if (its.size() >= OF_A_SITE) {
      return Result.TOO_MANY;
    }
    its.put(name, now);
    Instant last = byName.get(name);
    if (last != null && !isOver(last, FOR_ALL, now)) {
      return Result.REPEATED;
    }
    byName.put(name, now);
    return Result.HINTED;
  }

  private static boolean isOver(Instant at, Duration time, Instant now) {
    Duration since = Duration.between(at, now);
    return since.isNegative() || since.compareTo(time) >= 0;
  }
}
