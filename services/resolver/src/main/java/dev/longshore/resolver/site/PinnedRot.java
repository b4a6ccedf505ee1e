package dev.longshore.resolver.site;

import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.resolver.site.SiteStore.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bad blocks that the node does not remove, as pins of others hold them. Their images stay, and are
 * served: who reads such a block gets it from elsewhere. It is said until these pins are gone.
 */
final class PinnedRot {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedRot.class);

  /** Between two tries to remove one: each takes our own pins off its images for a moment. */
  private static final Duration AGAIN = Duration.ofHours(1);

  /** Of a disk that fails altogether, the rest is found in the next round. */
  private static final int MOST = 1_000;

  private static final String SEPARATOR = "\t";

  private final SiteStore store;
  private final SiteClock clock;
  private final Map<Cid, Held> all;

  private record Held(Instant triedAt, String by) {}

  PinnedRot(SiteStore store, SiteClock clock) {
    this.store = store;
    this.clock = clock;
    this.all = read(store);
  }

  private static Map<Cid, Held> read(SiteStore store) {
    Map<Cid, Held> all = new LinkedHashMap<>();
    for (String line : store.value(Value.PINNED_ROT).orElse("").lines().toList()) {
      String[] parts = line.split(SEPARATOR, 3);
      try {
        all.put(Cid.parse(parts[0]), new Held(Instant.parse(parts[1]), parts[2]));
      } catch (MalformedCidException e) {
        LOG.warn("a bad block that others pin is looked for anew: {}", e.getMessage());
      }
    }
    return all;
  }

  /** Whether it was not removed at a try a short time ago. */
  synchronized boolean isHeld(Cid block) {
    Held held = all.get(block);
    Instant now = clock.instant();
    return held != null
        && !now.isBefore(held.triedAt())
        && now.isBefore(held.triedAt().plus(AGAIN));
  }

  /**
   * The node did not remove these now.
   *
   * @param by who pins each
   */
  synchronized void held(Map<Cid, String> by) {
    by.forEach(
        (block, who) -> {
          if (all.size() < MOST || all.containsKey(block)) {
            all.put(block, new Held(clock.instant(), who.replaceAll("\\s+", " ")));
          }
        });
    write();
  }

  /** These are right, removed, or of no image here. */
  synchronized void gone(Collection<Cid> blocks) {
    if (all.keySet().removeAll(blocks)) {
      write();
    }
  }

  private void write() {
    StringBuilder lines = new StringBuilder();
    all.forEach(
        (block, held) ->
            lines
                .append(block)
                .append(SEPARATOR)
                .append(held.triedAt())
                .append(SEPARATOR)
                .append(held.by())
                .append('\n'));
    store.put(Value.PINNED_ROT, lines);
  }

  /** What is to be done about it; empty if nothing is. */
  static Optional<String> said(SiteStore store) {
    Map<Cid, Held> all = read(store);
    return all.entrySet().stream()
        .findFirst()
        .map(
            first ->
                "%d blocks on this node's disk are rotten, and stay so, as a pin of somebody else holds them; they come from elsewhere with each pull. Block %s: %s"
                    .formatted(all.size(), first.getKey(), first.getValue().by()));
  }
}
