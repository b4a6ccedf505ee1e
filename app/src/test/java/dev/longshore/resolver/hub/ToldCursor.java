package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ServedPlace;
import java.time.Instant;

/** What a site reports that was told everything, without a hub to tell it. */
public final class ToldCursor {
  private ToldCursor() {}

  /** Of all that the catalog shows to a group now. */
  public static String of(Catalog catalog, SiteLags lags, String group, Instant now) {
    ServedPlace place = catalog.served().place().orElseThrow();
    String rules = lags.groups().named(group).orElseThrow().rules().hash();
    return new Cursor(place.topic(), place.offsets(), rules, now, null).text();
  }
}
