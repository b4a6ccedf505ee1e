package dev.longshore.app.query;

import dev.longshore.app.query.find.Asked;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.Reference;
import dev.longshore.model.ReferrerTags;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.oci.MediaType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What it means to forget an image: source digests, in all repositories and modes.
 *
 * @param top the source digests that were named
 * @param sources these and what belongs to them: what refers to them, such as signatures, and what
 *     an index names, where it is an image of its own
 * @param names names that answer no longer
 * @param former earlier digests of the named tag, which stay, as keys of names
 * @param unread why it is not known what belongs to an index
 */
public record ForgetScope(
    List<Digest> top,
    List<Digest> sources,
    List<TagState> names,
    List<String> former,
    List<String> unread) {
  private static final int PAGE = 500;

  public ForgetScope {
    top = List.copyOf(top);
    sources = List.copyOf(sources);
    names = List.copyOf(names);
    former = List.copyOf(former);
    unread = List.copyOf(unread);
  }

  /** Looks into images. */
  @FunctionalInterface
  public interface Inside {
    /** Digests of all blobs of a converted image, manifests among them. */
    Set<Digest> blobs(ImageState image) throws QueryException;
  }

  /** Finds it in the catalog. */
  public static ForgetScope of(
      Catalog catalog, CatalogLookup lookup, KnownNames names, Inside inside, String asked)
      throws QueryException {
    Found found = lookup.find(asked);
    List<Digest> top = named(catalog, names, found, asked).distinct().toList();
    List<String> unread = new ArrayList<>();
    List<Digest> sources = List.copyOf(new Belongings(catalog, inside, unread).of(top));
    TagState tag = found.tag();
    List<String> former =
        tag == null
            ? List.of()
            : before(tag)
                .distinct()
                .filter(digest -> !sources.contains(digest))
                .filter(digest -> !catalog.decisions().isForgotten(digest))
                .filter(digest -> !catalog.conversions().ofDigest(digest).isEmpty())
                .map(digest -> TagState.key(tag.name(), digest))
                .toList();
    return new ForgetScope(top, sources, names(catalog, sources), former, unread);
  }

  /** Names that point to these source digests now. */
  public static List<TagState> names(Catalog catalog, List<Digest> sources) {
    Set<Digest> all = Set.copyOf(sources);
    return sources.stream()
        .flatMap(digest -> catalog.tags().withDigest(digest).stream())
        .filter(name -> !name.deleted() && all.contains(name.digest()))
        .distinct()
        .toList();
  }

  private static Stream<Digest> before(TagState tag) {
    return Stream.concat(
        tag.previous().stream(), tag.versions().stream().map(TagState.Version::digest));
  }

  /** Several sources may have given the same image in a mode. */
  private static Stream<Digest> named(Catalog catalog, KnownNames names, Found found, String asked)
      throws QueryException {
    return switch (Asked.of(asked)) {
      case Asked.ByDigest(Digest digest) ->
          Stream.concat(
              sources(catalog.conversions().servedAs(digest)),
              Stream.of(digest).filter(d -> isKnown(catalog, d)));
      case Asked.ByCid(Cid cid) ->
          sources(
              Stream.concat(
                      catalog.conversions().byDag(new ImageDag(cid)).stream(),
                      catalog.conversions().byRoot(new RootCid(cid)).stream())
                  .toList());
      case Asked.ByName(String name) -> named(catalog, names.reference(name), found);
    };
  }

  private static Stream<Digest> named(Catalog catalog, Reference reference, Found found) {
    return reference
        .digest()
        .map(
            digest ->
                Stream.concat(
                    sources(catalog.conversions().servedAs(digest))
                        .filter(source -> had(catalog, reference.name(), source)),
                    Stream.of(digest).filter(d -> had(catalog, reference.name(), d))))
        .orElseGet(() -> Stream.ofNullable(found.digest()));
  }

  /** A digest that was converted long ago is no former one of any tag. */
  private static boolean had(Catalog catalog, RepositoryName name, Digest source) {
    return catalog.repositories().holds(name, source)
        || !catalog.conversions().forRepository(name, source).isEmpty()
        || leftVersion(catalog, name, source);
  }

  private static boolean leftVersion(Catalog catalog, RepositoryName name, Digest source) {
    Tag last = null;
    List<TagState> page;
    do {
      page = catalog.tags().ofRepository(name, last, PAGE);
      if (page.stream().flatMap(ForgetScope::before).anyMatch(source::equals)) {
        return true;
      }
      last = page.isEmpty() ? null : page.getLast().tag();
    } while (page.size() == PAGE);
    return false;
  }

  private static Stream<Digest> sources(List<ImageState> images) {
    return images.stream().map(ImageState::digest);
  }

  private static boolean isKnown(Catalog catalog, Digest digest) {
    return !catalog.conversions().ofDigest(digest).isEmpty()
        || !catalog.tags().withDigest(digest).isEmpty()
        || catalog.decisions().isForgotten(digest);
  }

  /** Collects what belongs to images, and to that in turn. */
  private record Belongings(Catalog catalog, Inside inside, List<String> unread) {
    Set<Digest> of(List<Digest> top) {
      Set<Digest> all = new LinkedHashSet<>(top);
      Deque<Digest> next = new ArrayDeque<>(top);
      while (!next.isEmpty()) {
        Digest one = next.remove();
        Stream.of(referrers(one), cosigned(one), parts(one))
            .flatMap(found -> found)
            .filter(all::add)
            .forEach(next::add);
      }
      return all;
    }

    private Stream<Digest> referrers(Digest subject) {
      return sources(catalog.conversions().boundTo(subject));
    }

    private Stream<Digest> cosigned(Digest subject) {
      return catalog.tags().withDigest(subject).stream()
          .map(TagState::name)
          .distinct()
          .flatMap(
              repository ->
                  ReferrerTags.of(subject).stream()
                      .flatMap(tag -> catalog.tags().of(repository, tag).stream()))
          .map(TagState::digest);
    }

    private Stream<Digest> parts(Digest index) {
      return catalog.conversions().ofDigest(index).stream()
          .filter(image -> image.mode().is(Mode.PLAIN) && MediaType.isIndex(image.mediaType()))
          .limit(1)
          .flatMap(this::read)
          .filter(digest -> !digest.equals(index) && isImage(digest));
    }

    private boolean isImage(Digest digest) {
      return !catalog.conversions().ofDigest(digest).isEmpty()
          || !catalog.tags().withDigest(digest).isEmpty();
    }

    private Stream<Digest> read(ImageState image) {
      try {
        return inside.blobs(image).stream().sorted();
      } catch (QueryException e) {
        unread.add(
            "%s is an index, and no peer could be asked for what is in it, which stays if it is an image of its own: %s"
                .formatted(image.digest(), e.getMessage()));
        return Stream.empty();
      }
    }
  }
}
