package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NameLooks.Change;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which names a change may have made outdated, by key. */
final class ChangedNames {
  private static final int PARTS_OF_IMAGE_KEY = 4;

  private final Catalog catalog;

  /** What earlier decisions forget, of those that are looked through together. */
  private final Set<Digest> forgotten = new HashSet<>();

  ChangedNames(Catalog catalog) {
    this.catalog = catalog;
  }

  Stream<String> of(Change change) {
    return switch (change.topic()) {
      case IMAGES -> ofImage(change.key());
      case PINS ->
          catalog.conversions().recordsByDag(ImageDag.stored(change.key())).stream()
              .flatMap(this::ofImage)
              .distinct();
      case DECISIONS -> catalog.decisions().of(change.key()).stream().flatMap(this::of);
      default -> Stream.of(change.key());
    };
  }

  /** Those of its digests, and these digests themselves; none that an earlier decision has. */
  Stream<String> of(DecisionState decision) {
    Forget forget = decision.forget();
    return forget == null
        ? Stream.empty()
        : catalog.decisions().addForgottenBy(forget, forgotten).stream()
            .flatMap(digest -> Stream.concat(names(digest), itself(digest)));
  }

  /** Of one that is recorded no longer, too. */
  private Stream<String> ofImage(String key) {
    String[] parts = key.split("/", PARTS_OF_IMAGE_KEY);
    Digest digest = Digest.stored(parts[0]);
    Stream<String> its =
        parts.length < PARTS_OF_IMAGE_KEY
            ? names(digest) // a record of the first releases
            : catalog.tags().keysWith(RepositoryName.stored(parts[2], parts[3]), digest).stream();
    return Stream.concat(its, ofReferrers(digest));
  }

  /** Only its record says that a forgotten image belongs to another, and what refers to it does. */
  private Stream<String> ofReferrers(Digest digest) {
    return catalog.decisions().isForgotten(digest)
        ? catalog.decisions().addWithReferrers(List.of(digest), forgotten).stream()
            .flatMap(this::names)
        : Stream.empty();
  }

  private Stream<String> ofImage(ImageState image) {
    return catalog.tags().keysWith(image.name(), image.digest()).stream();
  }

  private Stream<String> names(Digest digest) {
    return catalog.tags().withDigest(digest).stream().map(TagState::key);
  }

  /** The digest in each repository that had it, whatever names show now. */
  private Stream<String> itself(Digest digest) {
    return Stream.concat(
            catalog.tags().withDigest(digest).stream().map(TagState::name),
            catalog.conversions().recordsOfDigest(digest).stream().map(ImageState::name))
        .distinct()
        .map(repository -> TagState.key(repository, digest));
  }
}
