package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks up copies by image DAG, by name, and as a list. */
final class PinLookup {
  private final Catalog catalog;
  private final Supplier<Rules> rules;
  private final boolean trusted;

  /**
   * @param trusted whether every caller is authenticated, and so may learn which plain image an
   *     encrypted one was made from
   */
  PinLookup(Catalog catalog, Supplier<Rules> rules, boolean trusted) {
    this.catalog = catalog;
    this.rules = rules;
    this.trusted = trusted;
  }

  Optional<PinnedDag> byDag(ImageDag imageDag) {
    return catalog.copies().pinned(imageDag);
  }

  /** The conversions of what the name points to, as far as the caller may see them. */
  List<PinnedDag> byName(String text) {
    return catalog.tags().byKey(text).stream()
        .flatMap(this::imagesOf)
        .flatMap(image -> catalog.copies().pinned(image.imageDag()).stream())
        .toList();
  }

  /** Names that lead to the image DAG, as far as the caller may see them. */
  List<TagState> namesOf(PinState pin) {
    return catalog.conversions().byDag(pin.imageDag()).stream()
        .map(ImageState::digest)
        .distinct()
        .flatMap(digest -> catalog.tags().withDigest(digest).stream())
        .filter(name -> imagesOf(name).anyMatch(i -> i.imageDag().equals(pin.imageDag())))
        .distinct()
        .toList();
  }

  private Stream<ImageState> imagesOf(TagState name) {
    return catalog.conversions().forRepository(name.name(), name.digest()).stream()
        .filter(image -> mayLeadTo(name, image));
  }

  /**
   * Whether name and image may stand in one answer. An untrusted caller must not learn which plain
   * image an encrypted one was made from: the digest is the plain one's, and other repositories may
   * serve it. The exception is a tag of the image's own repository, if its rule has encrypted mode
   * and is encrypted-only itself, or no rule with this digest is.
   */
  private boolean mayLeadTo(TagState name, ImageState image) {
    if (trusted) {
      return true;
    }
    RuleSettings rule = rule(name);
    if (!image.mode().is(Mode.ENCRYPTED)) {
      return !rule.encryptedOnly();
    }
    return name.tag() != null
        && name.name().equals(image.name())
        && rule.modes().contains(Mode.ENCRYPTED)
        && (rule.encryptedOnly() || !isSecretAnywhere(image.digest()));
  }

  private boolean isSecretAnywhere(Digest digest) {
    return catalog.tags().withDigest(digest).stream().anyMatch(name -> rule(name).encryptedOnly());
  }

  private RuleSettings rule(TagState name) {
    return rules.get().firstMatch(name.name(), "").settings();
  }

  List<PinnedDag> page(@Nullable ImageDag afterDag, int limit, boolean unfinishedOnly) {
    List<PinState> page =
        unfinishedOnly
            ? catalog.pins().unfinished(afterDag, limit)
            : catalog.pins().page(afterDag, limit);
    return page.stream().map(pin -> catalog.copies().pinned(pin)).toList();
  }
}
