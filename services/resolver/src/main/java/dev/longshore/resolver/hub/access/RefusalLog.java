package dev.longshore.resolver.hub.access;

import dev.longshore.model.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs why callers are refused. Anyone can be refused at will, and must not fill a disk: lines for
 * each reason are rate-limited and have the number of omitted ones.
 */
final class RefusalLog {
  private static final Duration EACH = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  private final SiteAccessMeter meter;
  private final InstantSource clock;
  private final Map<Refusal, Said> said = new EnumMap<>(Refusal.class);

  private record Said(Instant at, long leftOut) {}

  RefusalLog(SiteAccessMeter meter, InstantSource clock) {
    this.meter = meter;
    this.clock = clock;
  }

  /**
   * Counts a refusal, and logs it if due.
   *
   * @param site its name if the site exists: any other text is a stranger's
   */
  void refused(Refusal refusal, Optional<SiteName> site) {
    meter.refused(refusal);
    Optional<Long> leftOut = say(refusal);
    leftOut.ifPresent(
        others ->
            LOG.warn(
                "sites: a caller for {} is refused: {}{}",
                site.map(SiteName::text).orElse("an unknown site"),
                refusal.words(),
                others == 0 ? "" : " (and " + others + " before, for whichever site)"));
  }

  private synchronized Optional<Long> say(Refusal refusal) {
    Instant now = clock.instant();
    Said last = said.get(refusal);
    if (last != null && now.isBefore(last.at().plus(EACH))) {
      said.put(refusal, new Said(last.at(), last.leftOut() + 1));
      return Optional.empty();
    }
    said.put(refusal, new Said(now, 0));
    return Optional.of(last == null ? 0 : last.leftOut());
  }
}
