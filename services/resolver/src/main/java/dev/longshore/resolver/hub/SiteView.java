package dev.longshore.resolver.hub;

import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.NameChange.Other;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a name shows to a site: its results in the modes of the site's rule. */
final class SiteView {
  private SiteView() {}

  /** The results in the rule's modes. */
  static List<Result> results(ServedState served, SiteRuleSettings rule) {
    return served.results().stream().filter(result -> isAskedFor(served, result, rule)).toList();
  }

  /**
   * Other results, fetched only by digest: open to a site whose rule gives it an unencrypted image;
   * none beside an encrypted one, or without any.
   */
  static List<Result> others(ServedState served, SiteRuleSettings rule) {
    List<Result> asked = results(served, rule);
    return asked.isEmpty() || asked.stream().anyMatch(SiteView::isEncrypted)
        ? List.of()
        : served.results().stream().filter(result -> !asked.contains(result)).toList();
  }

  /**
   * Results of a name's referrer, in the modes of the name's rule; with an encrypted image only
   * encrypted ones.
   */
  static List<Result> following(ServedState referrer, ServedState name, SiteRuleSettings rule) {
    boolean encrypted = results(name, rule).stream().anyMatch(SiteView::isEncrypted);
    return results(referrer, rule).stream()
        .filter(result -> !encrypted || isEncrypted(result))
        .toList();
  }

  private static boolean isEncrypted(Result result) {
    return result.mode().is(Mode.ENCRYPTED);
  }

  private static boolean isAskedFor(ServedState served, Result result, SiteRuleSettings rule) {
    return rule.modes().isEmpty()
        ? result.imageDag().equals(served.selected())
        : rule.modes().stream().map(ModeName::of).anyMatch(result.mode()::equals);
  }

  /**
   * When the shown image was pushed, or observed if the push time is unknown; empty if it shows the
   * site nothing.
   */
  static Optional<Instant> shownSince(ServedState served, SiteRuleSettings rule) {
    return results(served, rule).stream()
        .map(result -> result.pushedAt() == null ? result.observedAt() : result.pushedAt())
        .max(Comparator.naturalOrder());
  }

  /** The change that the site gets for it, with these results and their images. */
  static NameChange change(
      ServedState served,
      SiteRuleSettings rule,
      List<Result> results,
      List<ImageState> images,
      List<Other> others,
      List<Other> referrers,
      boolean leftOut) {
    boolean selected =
        results.stream().anyMatch(result -> result.imageDag().equals(served.selected()));
    return new NameChange(
        new ServedState(
            served.name(),
            served.tag(),
            served.digest(),
            served.subject(),
            results,
            selected ? served.selected() : null,
            served.removed(),
            served.changedAt()),
        images.stream().map(SiteView::slim).toList(),
        rule.keep(),
        rule.priority(),
        seconds(rule.maxAge()),
        slim(others),
        slim(referrers),
        leftOut ? true : null);
  }

  /** A change that drops a forgotten digest without a tag. */
  static NameChange forgotten(ServedState served) {
    return new NameChange(served, List.of(), Keep.ON_DEMAND, 0, null);
  }

  private static List<Other> slim(List<Other> all) {
    return all.stream().map(each -> new Other(each.result(), slim(each.image()))).toList();
  }

  private static @Nullable Long seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toSeconds();
  }

  /** Without fields that only producers need. */
  private static ImageState slim(ImageState image) {
    return new ImageState(
        image.digest(),
        image.recipe(),
        image.mode(),
        image.mediaType(),
        image.imageDag(),
        image.root(),
        image.manifest(),
        image.platforms(),
        image.blobs(),
        image.bytes(),
        image.missing(),
        image.ingestPeer(),
        image.name(),
        image.convertedAt(),
        image.subject(),
        image.ownDigest(),
        image.evidence());
  }
}
