package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.TagState;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Stage;
import dev.longshore.resolver.hub.SiteLag.State;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The state of one image at one site. */
final class ImageAtSite {
  private final Catalog catalog;
  private final @Nullable SiteGroup group;
  private final NamedImages named;
  private final Function<NamedImage, SiteLag.Times> times;

  /**
   * @param times when an image came there
   */
  ImageAtSite(
      Catalog catalog,
      Optional<SiteGroup> group,
      NamedImages named,
      Function<NamedImage, SiteLag.Times> times) {
    this.catalog = catalog;
    this.group = group.orElse(null);
    this.named = named;
    this.times = times;
  }

  SiteLag.Image of(SiteLag lag, List<SiteState> reports, RepositoryName name, @Nullable Tag tag) {
    SiteGroup its = group;
    if (lag.state() == State.REVOKED || its == null) {
      return alone(lag.state() == State.REVOKED ? Stage.REVOKED : Stage.NO_GROUP);
    }
    Optional<SiteRuleSettings> rule = its.rules().of(name, tag);
    if (tag == null || rule.isEmpty()) {
      return alone(Stage.NOT_NAMED);
    }
    String key = TagState.key(name, tag);
    Optional<ServedState> served = catalog.served().byKey(key);
    List<NamedImage> images = named.ofName(its, key);
    if (images.isEmpty()) {
      return alone(
          served.filter(state -> state.removed() != null).isPresent()
              ? Stage.REMOVED
              : Stage.NOT_SHOWN);
    }
    NamedImage oldest =
        images.stream().min(Comparator.comparingLong(NamedImage::since)).orElseThrow();
    if (rule.get().newest() != null
        && !Newest.of(catalog, its.rules(), name, null).now().contains(key)) {
      return at(Stage.NOT_NEWEST, oldest, null, null);
    }
    if (lag.nodes().isEmpty()) {
      return at(Stage.NO_REPORT, oldest, null, null);
    }
    return lag.nodes().stream()
        .flatMap(node -> reports.stream().filter(r -> isOf(r, node)).map(r -> of(node, r, images)))
        .min(Comparator.comparing(SiteLag.Image::stage))
        .orElseGet(() -> at(Stage.NO_REPORT, oldest, null, null));
  }

  private static boolean isOf(SiteState report, Node node) {
    return report.node().equals(node.node());
  }

  private SiteLag.Image of(Node node, SiteState report, List<NamedImage> images) {
    ReportedKnowledge heard =
        ReportedKnowledge.of(report, catalog.served().place().map(ServedPlace::topic).orElse(null));
    return images.stream()
        .map(image -> of(node, heard, image))
        .min(Comparator.comparing(SiteLag.Image::stage))
        .orElseThrow();
  }

  private SiteLag.Image of(Node node, ReportedKnowledge heard, NamedImage image) {
    if (!heard.covers(image)) {
      return at(Stage.NOT_HEARD, image, node, null);
    }
    Optional<Absence> absence = absence(node, image);
    if (absence.isPresent()) {
      return at(Stage.ABSENT, image, node, absence.get());
    }
    if (!image.isKept()) {
      return at(Stage.ON_DEMAND, image, node, null);
    }
    return at(
        node.hasHeardRules() && heard.isThere(image) ? Stage.PRESENT : Stage.UNCERTAIN,
        image,
        node,
        null);
  }

  /** The report lists it under one of the names that show its DAG. */
  private Optional<Absence> absence(Node node, NamedImage image) {
    SiteGroup its = group;
    return its == null
        ? Optional.empty()
        : node.exceptions().stream()
            .filter(
                absence ->
                    NamedImage.hash(absence.name()) == image.name()
                        || named.ofName(its, absence.name()).stream()
                            .anyMatch(other -> other.dag() == image.dag()))
            .findFirst();
  }

  private SiteLag.Image alone(Stage stage) {
    return new SiteLag.Image(stage, words(), null, false, null, null, SiteLag.Times.NONE);
  }

  private SiteLag.Image at(
      Stage stage, NamedImage image, @Nullable Node node, @Nullable Absence absence) {
    return new SiteLag.Image(
        stage,
        words(),
        image.time(),
        image.isPushKnown(),
        node,
        absence,
        image.rule().platforms(),
        times.apply(image));
  }

  private List<String> words() {
    return group == null ? List.of() : group.rules().words();
  }
}
