package dev.longshore.resolver.hub;

import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * When images came to sites and were first pulled there, as this hub noticed: the newest of them,
 * in memory. Used by one thread at a time.
 */
final class TimesAtSites {
  /** 0.1 KB each. */
  private static final int MOST = 50_000;

  private final Map<AtSite, Instant> came = newest();
  private final Map<AtSite, Instant> pulled = newest();

  /**
   * @param what hash of the image DAG, or of the source digest for pulls
   */
  private record AtSite(SiteName site, long what) {}

  private static Map<AtSite, Instant> newest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<AtSite, Instant> eldest) {
        return size() > MOST;
      }
    };
  }

  /** A report proves it, and the one before did not. */
  void came(SiteName site, NamedImage image, Instant at) {
    came.put(new AtSite(site, image.dag()), at);
  }

  void pulled(SiteName site, Digest digest, Instant at) {
    pulled.putIfAbsent(new AtSite(site, NamedImage.hash(digest)), at);
  }

  /** Of sites that were shut out, nothing is kept. */
  void forget(Set<SiteName> sites) {
    came.keySet().removeIf(one -> sites.contains(one.site()));
    pulled.keySet().removeIf(one -> sites.contains(one.site()));
  }

  SiteLag.Times of(SiteName site, NamedImage image) {
    return new SiteLag.Times(
        came.get(new AtSite(site, image.dag())), pulled.get(new AtSite(site, image.source())));
  }
}
