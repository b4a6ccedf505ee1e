package dev.longshore.resolver.hub;

import dev.longshore.catalog.Placed;
import dev.longshore.catalog.RecordPlace;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.ServedState;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SiteJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the lines of names, each written once for all sites of a group: these request the same
 * ones within seconds, after a change of a name or of rules. A record's offset identifies it, so a
 * changed name has a new line.
 */
final class SiteLines {
  private static final Logger LOG = LoggerFactory.getLogger(SiteLines.class);

  /** The lines of 30,000 names. */
  private static final long MOST_BYTES = 32L << 20;

  /** Memory for a line besides its bytes. */
  private static final long BESIDE = 200;

  /** An image's record may change without its name's. */
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  private final SiteImages images;
  private final NamesOfReferrer namesOver;
  private final InstantSource clock;
  private final long mostBytes;
  private final Map<Key, Line> lines = new LinkedHashMap<>();
  private long bytes;

  /**
   * The key of a line.
   *
   * @param referrers state of the repository's referrers
   */
  private record Key(String topic, String rules, int partition, long offset, String referrers) {}

  private static final class Line {
    final byte @Nullable [] json;
    final Instant until;

    Line(byte @Nullable [] json, Instant until) {
      this.json = json;
      this.until = until;
    }

    long size() {
      return BESIDE + (json == null ? 0 : json.length);
    }
  }

  SiteLines(SiteImages images, InstantSource clock) {
    this(images, clock, MOST_BYTES);
  }

  SiteLines(SiteImages images, InstantSource clock, long mostBytes) {
    this.images = images;
    this.namesOver = new NamesOfReferrer(images.following(), clock);
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  /** The state of the repository's referrers; a line is valid for one state. */
  String state(RepositoryName repository) {
    return images.following().state(repository).orElse("");
  }

  /** Keys of the names that may show its subject. */
  List<String> namesOver(ServedState referrer) {
    return namesOver.of(referrer);
  }

  /**
   * The line of a name again, because of a referrer.
   *
   * @return empty if the referrer does not follow the name
   * @throws NotYetException when an image of one is still to be read
   */
  Optional<byte[]> lineOver(ServedState referrer, ServedState name, SiteRuleSettings rule)
      throws IOException {
    images.require(referrer);
    return referrer.removed() != null || images.following().of(name, rule).has(referrer.digest())
        ? Optional.of(line(name, rule))
        : Optional.empty();
  }

  /**
   * The line of the record at this place of its topic.
   *
   * @param referrers {@link #state}, read after the end of what sites get is fixed
   * @throws NotYetException when an image of it is still to be read
   */
  byte[] line(
      String topic,
      SiteRules rules,
      Placed<ServedState> placed,
      SiteRuleSettings rule,
      String referrers)
      throws IOException {
    Key key = new Key(topic, rules.hash(), placed.partition(), placed.offset(), referrers);
    Line known = known(key);
    if (known != null && known.json != null) {
      return known.json;
    }
    byte[] json = line(placed.state(), rule);
    keep(key, json);
    return json;
  }

  /** No rule names the record. */
  void untold(String topic, SiteRules rules, Placed<ServedState> placed, String referrers) {
    keep(new Key(topic, rules.hash(), placed.partition(), placed.offset(), referrers), null);
  }

  /** The lines of these records in order; empty unless all are cached. */
  Optional<List<byte[]>> known(
      String topic, SiteRules rules, List<RecordPlace> places, String referrers) {
    List<byte[]> known = new ArrayList<>();
    for (RecordPlace place : places) {
      Line line = known(new Key(topic, rules.hash(), place.partition(), place.offset(), referrers));
      if (line == null) {
        return Optional.empty();
      }
      if (line.json != null) {
        known.add(line.json);
      }
    }
    return Optional.of(known);
  }

  /** The line of a record, not cached. */
  byte[] line(ServedState served, SiteRuleSettings rule) throws IOException {
    int most = UntaggedReferrers.MOST;
    while (true) {
      try {
        NameChange change = images.change(served, rule, most);
        byte[] json = SiteJson.write(ChangeLine.of(change));
        if (change.referrersLeftOut() != null) {
          LOG.warn(
              "more than {} manifests refer to what {} shows; sites get only the first ones",
              most,
              served.key());
        }
        return json;
      } catch (MalformedEventException e) {
        if (most == 0) {
          // A name whose line is too long is left out, and does not block the others.
          LOG.warn("sites are not told of {}: {}", served.key(), e.getMessage());
          return write(ChangeLine.ofDropped(served.key()));
        }
        most /= 2;
      }
    }
  }

  /** Writes a line that is known to fit. */
  static byte[] write(ChangeLine line) throws IOException {
    try {
      return SiteJson.write(line);
    } catch (MalformedEventException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private synchronized @Nullable Line known(Key key) {
    Line line = lines.get(key);
    return line == null || clock.instant().isAfter(line.until) ? null : line;
  }

  private synchronized void keep(Key key, byte @Nullable [] json) {
    Instant now = clock.instant();
    Line line = new Line(json, now.plus(GOOD_FOR));
    Line former = lines.remove(key);
    bytes += line.size() - (former == null ? 0 : former.size());
    lines.put(key, line);
    Iterator<Line> eldest = lines.values().iterator();
    while (eldest.hasNext()) {
      Line next = eldest.next();
      if (bytes <= mostBytes && !now.isAfter(next.until)) {
        break;
      }
      bytes -= next.size();
      eldest.remove();
    }
  }
}
