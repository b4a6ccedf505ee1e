package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.HeldImage;
import dev.longshore.catalog.served.ServedModes;
import dev.longshore.catalog.served.Shown;
import dev.longshore.catalog.served.VerifiedImages;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which images of the catalog are served, of those that nobody decided to forget: under a tag those
 * that are recorded for it, by a digest or a CID those with a verified copy.
 */
public final class Listing {
  /** Characters of a tag (distribution specification). */
  private static final int TAG_LENGTH = 128;

  /** Repositories examined in one step of a listing. */
  private static final int STEP = 500;

  private final Catalog catalog;
  private final Supplier<Rules> rules;
  private final Forgotten forgotten;
  private final VerifiedImages verified;

  /** Applies the default rule to all. */
  public Listing(Catalog catalog) {
    this(catalog, List.of());
  }

  /**
   * @param rules say which modes a repository serves, and under which tags
   */
  public Listing(Catalog catalog, List<RuleSettings> rules) {
    this(catalog, always(new Rules(rules)));
  }

  /**
   * @param rules those that count when it is asked
   */
  public Listing(Catalog catalog, Supplier<Rules> rules) {
    this.catalog = catalog;
    this.rules = rules;
    this.forgotten = new Forgotten(catalog);
    this.verified = new VerifiedImages(catalog);
  }

  private static Supplier<Rules> always(Rules rules) {
    return () -> rules;
  }

  /**
   * The image that the tag shows, by what is recorded of it. A tag that the source does not have
   * may be one of its tags with a mode's suffix.
   */
  public Optional<Listed> tag(RepositoryName repository, Tag tag) {
    Name name = name(repository, tag);
    return name.exists() ? shown(name, Listing::alone) : suffixed(repository, tag);
  }

  /** A tag. */
  private final class Name {
    private final RepositoryName repository;

    /** What its source says; empty if the catalog does not have it. */
    private final Optional<TagState> source;

    /**
     * What it was last recorded to show; empty if nothing so far, or before the first pinner of
     * this release looked at it.
     */
    private final Optional<ServedState> recorded;

    private boolean isReckoned;
    private @Nullable ServedState reckoned;

    Name(RepositoryName repository, Optional<TagState> source, Optional<ServedState> recorded) {
      this.repository = repository;
      this.source = source;
      this.recorded = recorded;
    }

    /** Whether no other tag with a mode's suffix is meant. */
    boolean exists() {
      return source.isPresent() || recorded.filter(state -> state.removed() == null).isPresent();
    }

    /** What this catalog itself says that it shows, whatever the mode that is asked for. */
    Optional<ServedState> reckoned() {
      if (!isReckoned) {
        reckoned = source.flatMap(tag -> new Shown(catalog, rules.get()).of(tag)).orElse(null);
        isReckoned = true;
      }
      return Optional.ofNullable(reckoned);
    }
  }

  private Name name(RepositoryName repository, Tag tag) {
    return new Name(
        repository,
        catalog.tags().of(repository, tag).filter(state -> !state.deleted()),
        catalog.served().of(repository, tag));
  }

  private Optional<Listed> suffixed(RepositoryName repository, Tag tag) {
    ServedModes modes = modes(repository);
    return furtherModes(modes).stream()
        .flatMap(
            mode -> base(modes, tag, mode).flatMap(base -> shown(repository, base, mode)).stream())
        .findFirst();
  }

  /** The source's tag that this one is with the suffix of the mode. */
  private static Optional<Tag> base(ServedModes modes, Tag tag, Mode mode) {
    String text = tag.text();
    String suffix = modes.suffix(mode);
    return text.endsWith(suffix) && text.length() > suffix.length()
        ? Optional.of(new Tag(text.substring(0, text.length() - suffix.length())))
        : Optional.empty();
  }

  private Optional<Listed> shown(RepositoryName repository, Tag base, Mode mode) {
    return shown(name(repository, base), state -> in(mode, state));
  }

  /** The decision that forgets what the tag, perhaps with a mode's suffix, points to now. */
  Optional<DecisionState> forgotten(RepositoryName repository, Tag tag) {
    Optional<TagState> name = name(repository, tag).source;
    ServedModes modes = modes(repository);
    Stream<TagState> names =
        name.isPresent()
            ? name.stream()
            : furtherModes(modes).stream()
                .flatMap(mode -> base(modes, tag, mode).stream())
                .flatMap(base -> name(repository, base).source.stream());
    return names.flatMap(state -> forgotten.source(state.digest()).stream()).findFirst();
  }

  /** What was forgotten. */
  public Forgotten forgotten() {
    return forgotten;
  }

  private static List<Mode> furtherModes(ServedModes modes) {
    List<Mode> all = modes.inOrder();
    return all.subList(1, all.size());
  }

  /** The image that the name alone shows. */
  public Optional<Listed> shown(TagState tag) {
    return shown(
        new Name(
            tag.name().checked(),
            Optional.of(tag).filter(state -> !state.deleted()),
            catalog.served().byKey(tag.key())),
        Listing::alone);
  }

  /**
   * What the record says. If there is none, or this catalog does not have its image yet, or its own
   * rules forbid it, what the same function says of this catalog.
   */
  private Optional<Listed> shown(Name name, Function<ServedState, Optional<Result>> wanted) {
    if (name.recorded.isPresent()) {
      Optional<Result> result = name.recorded.flatMap(wanted);
      Optional<Listed> image = result.flatMap(found -> listed(name.repository, found));
      if (result.isEmpty() || image.isPresent()) {
        return image;
      }
    }
    return name.reckoned().flatMap(wanted).flatMap(found -> listed(name.repository, found));
  }

  private static Optional<Result> alone(ServedState state) {
    return state.results().stream()
        .filter(result -> result.imageDag().equals(state.selected()))
        .findFirst();
  }

  private static Optional<Result> in(Mode mode, ServedState state) {
    return state.results().stream().filter(result -> result.mode().is(mode)).findFirst();
  }

  private Optional<Listed> listed(RepositoryName repository, Result result) {
    ServedModes modes = modes(repository);
    return verified.madeOf(repository, result.source()).stream()
        .filter(image -> image.imageDag().equals(result.imageDag()) && modes.serves(image))
        .filter(image -> image.mode().equals(result.mode()))
        .filter(image -> !catalog.decisions().isForgotten(image.digest()))
        .findFirst()
        .flatMap(
            image ->
                catalog.pins().of(image.imageDag()).map(pin -> new Listed(image, pin, catalog)));
  }

  /** The images made from this source digest, in each mode that the repository serves. */
  public List<Listed> ofDigest(RepositoryName repository, Digest digest) {
    if (catalog.decisions().isForgotten(digest)) {
      return List.of();
    }
    ServedModes modes = modes(repository);
    List<ImageState> images = verified.madeOf(repository, digest);
    return modes.inOrder().stream()
        .map(mode -> verified.best(modes, images, mode))
        .flatMap(Optional::stream)
        .map(found -> Listed.of(found, catalog))
        .toList();
  }

  /** The image with this manifest or index in the repository: the source's, or the mode's. */
  public Optional<Listed> whole(RepositoryName repository, Digest digest) {
    Stream<Listed> ofSource =
        holds(repository, digest) ? ofDigest(repository, digest).stream() : Stream.empty();
    Stream<Listed> ofMode =
        served(repository, catalog.conversions().heldServedAs(repository, digest));
    return Stream.concat(ofSource, ofMode)
        .filter(image -> image.state().servedDigest().equals(digest))
        .findFirst();
  }

  private ServedModes modes(RepositoryName repository) {
    return new ServedModes(repository, rule(repository));
  }

  private RuleSettings rule(RepositoryName repository) {
    return rules.get().firstMatch(repository, "").settings();
  }

  /** Whether callers without a key may learn nothing about the repository's plain images. */
  public boolean isSecret(RepositoryName repository) {
    return rule(repository).encryptedOnly();
  }

  /** All images in the repository that refer to this manifest. */
  List<Listed> boundTo(RepositoryName repository, Digest subject) {
    return served(repository, catalog.conversions().heldBoundTo(repository, subject)).toList();
  }

  /** The image with this image DAG. */
  public Optional<Listed> dag(Cid cid) {
    return withDag(cid).findFirst();
  }

  /** The image with this image DAG that the repository serves. */
  Optional<Listed> dag(RepositoryName repository, Cid cid) {
    return served(repository, catalog.conversions().heldByDag(repository, new ImageDag(cid)))
        .findFirst();
  }

  private Stream<Listed> served(RepositoryName repository, List<ImageState> held) {
    ServedModes modes = modes(repository);
    return held.stream().filter(modes::serves).map(this::listed).flatMap(Optional::stream);
  }

  /** Images with this image DAG: several sources may give the same DAG in a mode. */
  public Stream<Listed> withDag(Cid cid) {
    return catalog.conversions().byDag(new ImageDag(cid)).stream()
        .map(this::listed)
        .flatMap(Optional::stream);
  }

  /** The image with this root CID. */
  public Optional<Listed> root(Cid cid) {
    return withRoot(cid).findFirst();
  }

  private Stream<Listed> withRoot(Cid cid) {
    return catalog.conversions().byRoot(new RootCid(cid)).stream()
        .map(this::listed)
        .flatMap(Optional::stream);
  }

  /** Whether the repository has or had the digest under one of its names. */
  boolean holds(RepositoryName repository, Digest digest) {
    return catalog.repositories().holds(repository, digest);
  }

  /** Whether one of these repositories serves an image with this root CID or image DAG. */
  public boolean isServed(Cid cid, Predicate<RepositoryName> among) {
    return Stream.concat(withRoot(cid), withDag(cid))
        .anyMatch(
            image ->
                holding(image.state().digest())
                    .filter(among)
                    .anyMatch(name -> serves(name, image.state())));
  }

  /** Repositories that have or had the source digest. */
  public Stream<RepositoryName> holding(Digest digest) {
    return catalog.tags().withDigest(digest).stream()
        .map(state -> state.name().checked())
        .distinct()
        .filter(repository -> holds(repository, digest));
  }

  /** Whether the repository, which has the source digest, serves the image. */
  public boolean serves(RepositoryName repository, ImageState image) {
    ServedModes modes = modes(repository);
    return verified.madeOf(repository, image.digest()).stream()
        .filter(own -> own.imageDag().equals(image.imageDag()))
        .anyMatch(modes::serves);
  }

  /** All images that the repository may serve, in lazily read pages. */
  Stream<List<HeldImage>> images(RepositoryName repository) {
    ServedModes modes = modes(repository);
    return catalog
        .repositories()
        .images(repository)
        .map(page -> page.stream().filter(image -> modes.mayServe(image.mode())).toList());
  }

  /** Whether the catalog has a name of this repository. */
  public boolean knows(RepositoryName repository) {
    return catalog.repositories().exists(repository);
  }

  /**
   * Served tags, in order of code points.
   *
   * @param after the last tag of the previous page, or null
   */
  public List<String> tags(RepositoryName repository, @Nullable String after, int limit) {
    ServedModes modes = modes(repository);
    return new TagPages(catalog, repository, tag -> names(modes, tag)).after(after, limit);
  }

  /** The tags under which a source's tag is served. */
  private List<String> names(ServedModes modes, Tag tag) {
    Name name = name(modes.repository(), tag);
    if (!name.exists()) {
      return List.of();
    }
    var names = new ArrayList<String>();
    if (shown(name, Listing::alone).isPresent()) {
      names.add(tag.text());
    }
    for (Mode mode : furtherModes(modes)) {
      String suffixed = tag + modes.suffix(mode);
      if (suffixed.length() <= TAG_LENGTH
          && shown(name, state -> in(mode, state)).isPresent()
          && !name(modes.repository(), new Tag(suffixed)).exists()) {
        names.add(suffixed);
      }
    }
    return names;
  }

  /**
   * Repositories with a served image, by registry and name.
   *
   * @param after the last one of the previous page
   * @param wanted which ones to list
   */
  public List<RepositoryName> repositories(
      Optional<RepositoryName> after, int limit, Predicate<RepositoryName> wanted) {
    List<RepositoryName> served = new ArrayList<>();
    @Nullable RepositoryName last = after.orElse(null);
    while (served.size() < limit) {
      List<RepositoryName> step = catalog.repositories().page(last, STEP);
      for (RepositoryName repository : step) {
        last = repository;
        RepositoryName name = repository.checked();
        if (served.size() < limit && Names.isPath(name) && wanted.test(name) && servesAny(name)) {
          served.add(name);
        }
      }
      if (step.size() < STEP) {
        break;
      }
    }
    return served;
  }

  private boolean servesAny(RepositoryName repository) {
    return images(repository)
        .flatMap(List::stream)
        .anyMatch(image -> dag(repository, image.imageDag().cid()).isPresent());
  }

  private Optional<Listed> listed(ImageState image) {
    return catalog.decisions().isForgotten(image.digest())
        ? Optional.empty()
        : verified.of(image).map(found -> Listed.of(found, catalog));
  }
}
