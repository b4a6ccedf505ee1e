package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.HeldImage;
import dev.longshore.catalog.served.ServedModes;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which images of the catalog are served: those with a verified copy. */
public final class Listing {
  /** Characters of a tag (distribution specification). */
  private static final int TAG_LENGTH = 128;

  /** Repositories examined in one step of a listing. */
  private static final int STEP = 500;

  private final Catalog catalog;
  private final Rules rules;

  /** Applies the default rule to all. */
  public Listing(Catalog catalog) {
    this(catalog, List.of());
  }

  /**
   * @param rules say which modes a repository serves, and under which tags
   */
  public Listing(Catalog catalog, List<RuleSettings> rules) {
    this.catalog = catalog;
    this.rules = new Rules(rules);
  }

  /**
   * The image that the tag serves: that of its newest digest with a verified copy. A tag that the
   * source does not have may be one of its tags with a mode's suffix.
   */
  public Optional<Listed> tag(RepositoryName repository, Tag tag) {
    Optional<TagState> name = source(repository, tag);
    return name.isPresent() ? served(name.get()) : suffixed(repository, tag);
  }

  private Optional<TagState> source(RepositoryName repository, Tag tag) {
    return catalog.tags().of(repository, tag).filter(state -> !state.deleted());
  }

  private Optional<Listed> suffixed(RepositoryName repository, Tag tag) {
    String text = tag.text();
    ServedModes modes = modes(repository);
    for (Mode mode : furtherModes(modes)) {
      String suffix = modes.suffix(mode);
      if (text.endsWith(suffix) && text.length() > suffix.length()) {
        Tag base = new Tag(text.substring(0, text.length() - suffix.length()));
        Optional<Listed> image =
            source(repository, base).flatMap(state -> newest(modes, state, mode));
        if (image.isPresent()) {
          return image;
        }
      }
    }
    return Optional.empty();
  }

  private static List<Mode> furtherModes(ServedModes modes) {
    List<Mode> all = modes.inOrder();
    return all.subList(1, all.size());
  }

  /**
   * The image of the newest digest, current or former, with a verified copy, in the mode that the
   * name selects.
   */
  public Optional<Listed> served(TagState tag) {
    ServedModes modes = modes(tag.name().checked());
    return digests(tag)
        .map(digest -> preferred(modes, digest))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Listed> newest(ServedModes modes, TagState tag, Mode mode) {
    return digests(tag)
        .map(digest -> inMode(modes, madeOf(modes.repository(), digest), mode))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Stream<Digest> digests(TagState tag) {
    return Stream.concat(Stream.of(tag.digest()), tag.previous().stream());
  }

  /** The image made from this source digest, in the mode that the repository prefers. */
  public Optional<Listed> preferred(RepositoryName repository, Digest digest) {
    return preferred(modes(repository), digest);
  }

  /** A further mode applies only if the digest was not converted in the one before. */
  private Optional<Listed> preferred(ServedModes modes, Digest digest) {
    List<ImageState> images = madeOf(modes.repository(), digest);
    for (Mode mode : modes.inOrder()) {
      if (images.stream().anyMatch(i -> ServedModes.isIn(i, mode) && modes.serves(i))) {
        return inMode(modes, images, mode);
      }
    }
    return Optional.empty();
  }

  /** The images made from this source digest, in each mode that the repository serves. */
  public List<Listed> ofDigest(RepositoryName repository, Digest digest) {
    ServedModes modes = modes(repository);
    List<ImageState> images = madeOf(repository, digest);
    return modes.inOrder().stream()
        .map(mode -> inMode(modes, images, mode))
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Prefers one made for the repository, then the one with the most platforms, then the newest:
   * recipients may have changed since.
   */
  private Optional<Listed> inMode(ServedModes modes, List<ImageState> images, Mode mode) {
    return images.stream()
        .filter(image -> ServedModes.isIn(image, mode) && modes.serves(image))
        .map(this::listed)
        .flatMap(Optional::stream)
        .min(
            Comparator.comparing((Listed listed) -> !modes.isOwn(listed.state()))
                .thenComparing(
                    listed -> listed.state().platforms().size(), Comparator.reverseOrder())
                .thenComparing(listed -> listed.state().convertedAt(), Comparator.reverseOrder()));
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
    return rules.firstMatch(repository, "").settings();
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
    return madeOf(repository, image.digest()).stream()
        .filter(own -> own.imageDag().equals(image.imageDag()))
        .anyMatch(modes::serves);
  }

  /** The results for the source digest that belong to this repository. */
  private List<ImageState> madeOf(RepositoryName repository, Digest digest) {
    return catalog.conversions().forRepository(repository, digest);
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
    return new TagPages(catalog, repository, state -> names(modes, state)).after(after, limit);
  }

  /** The tags under which a source's tag is served. */
  private List<String> names(ServedModes modes, TagState state) {
    Tag tag = state.tag();
    if (tag == null) {
      return List.of();
    }
    var names = new ArrayList<String>();
    if (served(state).isPresent()) {
      names.add(tag.text());
    }
    for (Mode mode : furtherModes(modes)) {
      String suffixed = tag + modes.suffix(mode);
      if (suffixed.length() <= TAG_LENGTH
          && mayHave(modes, state, mode)
          && newest(modes, state, mode).isPresent()
          && source(modes.repository(), new Tag(suffixed)).isEmpty()) {
        names.add(suffixed);
      }
    }
    return names;
  }

  /** A shortcut that avoids examining all digests of most tags. */
  private boolean mayHave(ServedModes modes, TagState state, Mode mode) {
    return modes.rule().modes().contains(mode)
        || madeOf(modes.repository(), state.digest()).stream()
            .anyMatch(image -> ServedModes.isIn(image, mode) && modes.serves(image));
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
    return catalog
        .pins()
        .of(image.imageDag())
        .filter(PinState::wasVerified)
        .map(pin -> new Listed(image, pin));
  }
}
