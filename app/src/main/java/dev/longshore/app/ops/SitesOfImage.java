package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.query.lag.KnownSites.AtSite;
import dev.longshore.app.query.lag.SiteWhy;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.model.Reference;
import dev.longshore.resolver.hub.SiteLag;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** At which sites an image is, to which it is on its way, and which leave it out. */
final class SitesOfImage {
  private static final int LISTED = 100;

  /** What comes of an image at a site, in the order in which somebody asks for it. */
  private enum Place {
    COMING,
    PRESENT,
    ON_DEMAND,
    EXCLUDED,
    NOT_TOLD;

    static Place of(SiteLag.Image image) {
      return switch (image.stage()) {
        case PRESENT -> PRESENT;
        case ON_DEMAND -> ON_DEMAND;
        case ABSENT -> isLeftOut(image.absence()) ? EXCLUDED : COMING;
        case NO_REPORT, NOT_HEARD, UNCERTAIN, NOT_SHOWN -> COMING;
        case NOT_NAMED, NOT_NEWEST, REMOVED -> EXCLUDED;
        case REVOKED, NO_GROUP -> NOT_TOLD;
      };
    }

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private SitesOfImage() {}

  private static boolean isLeftOut(@Nullable Absence absence) {
    return absence != null
        && (absence.reason() == AbsenceReason.EXCLUDED
            || absence.reason() == AbsenceReason.SUPERSEDED);
  }

  /** Adds them, with how many there are of each kind. */
  static void put(ObjectNode node, Reference name, KnownSites known, Instant now) {
    List<AtSite> all = known.everywhere(name.name(), name.tag().orElse(null));
    Map<Place, Integer> counts = new EnumMap<>(Place.class);
    all.forEach(one -> counts.merge(Place.of(one.image()), 1, Integer::sum));
    node.put("name", name.toString()).put("count", all.size());
    ObjectNode places = node.putObject("places");
    counts.forEach((place, count) -> places.put(place.text(), count));
    var listed = node.putArray("listed");
    all.stream()
        .sorted(Comparator.comparing(one -> Place.of(one.image())))
        .limit(LISTED)
        .forEach(
            one ->
                listed.add(
                    new SiteWhy(now, name.toString(), one.lag(), one.image())
                        .json()
                        .put("place", Place.of(one.image()).text())
                        .without("rules")));
  }
}
