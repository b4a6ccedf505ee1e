package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.ops.Refreshed.Measured;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.query.lag.Lag;
import dev.longshore.app.query.lag.SiteWhy;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.model.Reference;
import dev.longshore.resolver.hub.SiteLag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How far sites are behind, in the words of {@code longshore lag}. */
final class SitesView {
  /** Reports come every few seconds from many sites; what hubs measure costs a look at each. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Of a site; its report names no more by far. */
  private static final int MISSING = 200;

  private static final String NO_HUB =
      "sites are not known here: they are where a hub is, and with its settings (section sites)";

  private final KnownSites.Source source;
  private final Clock clock;
  private final Runnable onChange;
  private final LagSeries series;
  private final Refreshed<Behind> behind;

  /**
   * @param series how far sites were behind
   */
  SitesView(KnownSites.Source source, LagSeries series, Clock clock, Runnable onChange) {
    this.source = source;
    this.series = series;
    this.clock = clock;
    this.onChange = onChange;
    this.behind = new Refreshed<>("sites", PAUSE, Refreshed.RESTS, this::find, clock, onChange);
  }

  private Behind find() throws QueryException, InterruptedException {
    return Behind.of(source.now().map(KnownSites::behind));
  }

  /** A site or a report has changed. */
  void changed() {
    onChange.run();
  }

  /**
   * Adds how many there are, by state, and the first of them, the worst first.
   *
   * @param most sites to list
   * @param patience with figures that are still to be found out
   */
  void put(ObjectNode node, int most, Duration patience) throws InterruptedException {
    Measured<Behind> measured = behind.now(patience, patience);
    measured.value().ifPresent(its -> its.put(node, most));
    node.put("at", Objects.toString(measured.at(), null)).put("problem", measured.problem());
  }

  /** Names of sites that contain the text. */
  List<String> named(String text, int most) throws InterruptedException {
    return behind
        .now(PATIENCE, PATIENCE)
        .value()
        .map(its -> its.named(text, most))
        .orElse(List.of());
  }

  /** One site: what each node lacks, why, and until when. */
  ObjectNode site(String name) throws QueryException, InterruptedException {
    KnownSites all = source.now().orElseThrow(() -> new QueryException(NO_HUB));
    KnownSites known =
        all.only(name)
            .orElseThrow(
                () -> new QueryException(name + " is no site; 'longshore site add' lets one join"));
    Instant now = clock.instant();
    SiteLag lag = known.behind().getFirst();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    new ListedSite(known.sites().getFirst(), List.of()).putSite(answer);
    Lag.put(lag, answer, now);
    known.lags().group(lag.group()).ifPresent(group -> SiteLine.put(answer, group));
    series.put(answer.putObject("series"), lag.site().text(), now);
    List<String> names =
        lag.nodes().stream()
            .flatMap(node -> node.exceptions().stream())
            .map(Absence::name)
            .distinct()
            .toList();
    answer.put("named", names.size());
    var missing = answer.putArray("missing");
    for (String one : names.stream().limit(MISSING).toList()) {
      Reference reference = Reference.parse(one);
      SiteLag.Image image = known.image(lag, reference.name(), reference.tag().orElse(null));
      missing.add(new SiteWhy(now, one, lag, image).json());
    }
    return answer;
  }

  /** Adds at which sites an image is, to which it is on its way, and which leave it out. */
  void put(ObjectNode node, Found found) throws InterruptedException {
    Optional<Reference> name =
        Optional.ofNullable(found.tag() == null ? null : found.tag().key())
            .or(() -> found.names().stream().findFirst())
            .map(Reference::parse);
    try {
      Optional<KnownSites> known = source.now();
      node.put("hub", known.isPresent());
      if (known.isPresent() && name.isPresent()) {
        SitesOfImage.put(node, name.get(), known.get(), clock.instant());
      }
    } catch (QueryException e) {
      node.put("problem", e.getMessage());
    }
  }
}
