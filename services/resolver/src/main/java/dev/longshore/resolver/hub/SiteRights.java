package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.Rules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Which image DAGs exist for the sites of a group. */
final class SiteRights {
  /** Time for a site to finish fetching a version after its tag has moved. */
  static final Duration AFTER_IT_LEFT = Duration.ofHours(24);

  private final Catalog catalog;
  private final UntaggedReferrers following;
  private final Supplier<Rules> rules;
  private final InstantSource clock;

  /**
   * @param rules supplies the current rules
   */
  SiteRights(Catalog catalog, Supplier<Rules> rules, InstantSource clock) {
    this.catalog = catalog;
    this.following = new UntaggedReferrers(catalog);
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * The image of a DAG that a name covered by the rules shows, or showed a short time ago; empty if
   * there is none.
   */
  Optional<ImageState> image(SiteGroup group, ImageDag dag) {
    return catalog.conversions().recordsByDag(dag).stream()
        .filter(image -> group.rules().mayName(image.name()))
        .filter(image -> !catalog.decisions().isForgotten(image.digest()))
        .filter(image -> isNamed(group, image) || follows(group, image))
        .findFirst();
  }

  private boolean isNamed(SiteGroup group, ImageState image) {
    return catalog.tags().keysWith(image.name(), image.digest()).stream()
        .anyMatch(key -> shows(group, key, image) || showed(group, key, image.digest(), image));
  }

  /** Whether it is a referrer of what a name shows, or showed a short time ago. */
  private boolean follows(SiteGroup group, ImageState image) {
    Digest subject = image.subject();
    Optional<ServedState> referrer =
        catalog.served().byKey(TagState.key(image.name(), image.digest()));
    return subject != null
        && referrer.filter(state -> state.removed() == null).isPresent()
        && following.over(image.name(), subject).stream()
            .anyMatch(
                over ->
                    isTold(group, over.key(), referrer.get(), image)
                        || showed(group, over.key(), over.source(), image));
  }

  private boolean isTold(SiteGroup group, String key, ServedState referrer, ImageState image) {
    Optional<ServedState> name = catalog.served().byKey(key);
    Optional<SiteRuleSettings> rule = name.flatMap(group.rules()::of);
    return rule.isPresent()
        && SiteView.following(referrer, name.orElseThrow(), rule.get()).stream()
            .anyMatch(result -> result.imageDag().equals(image.imageDag()))
        && following.of(name.orElseThrow(), rule.get()).has(image.digest())
        && isAmongTheNewest(group, name.orElseThrow(), rule.get());
  }

  private boolean shows(SiteGroup group, String key, ImageState image) {
    Optional<ServedState> served = catalog.served().byKey(key);
    Optional<SiteRuleSettings> rule = served.flatMap(group.rules()::of);
    return rule.isPresent()
        && Stream.concat(
                SiteView.results(served.orElseThrow(), rule.get()).stream(),
                SiteView.others(served.orElseThrow(), rule.get()).stream())
            .anyMatch(result -> result.imageDag().equals(image.imageDag()))
        && isAmongTheNewest(group, served.orElseThrow(), rule.get());
  }

  private boolean isAmongTheNewest(SiteGroup group, ServedState served, SiteRuleSettings rule) {
    return rule.newest() == null
        || Newest.of(catalog, group.rules(), served.name(), null).now().contains(served.key());
  }

  /** Whether the tag left that source a short time ago. */
  private boolean showed(SiteGroup group, String key, Digest source, ImageState image) {
    Optional<TagState> tag = catalog.tags().byKey(key);
    return tag.isPresent()
        && tag.get().versions().stream()
            .anyMatch(
                version ->
                    version.digest().equals(source)
                        && version.leftAt().isAfter(clock.instant().minus(AFTER_IT_LEFT)))
        && group
            .rules()
            .of(tag.get().name(), tag.get().tag())
            .filter(
                rule ->
                    modes(image, rule).stream().map(ModeName::of).anyMatch(image.mode()::equals))
            .isPresent();
  }

  private List<Mode> modes(ImageState image, SiteRuleSettings rule) {
    return rule.modes().isEmpty()
        ? List.of(rules.get().settings(image.name()).preferredMode())
        : rule.modes();
  }
}
