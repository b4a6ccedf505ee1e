package dev.longshore.app.query.find;

import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.rules.SuffixSettings;
import java.util.List;
import java.util.Optional;

/** Finds what the catalog knows about a reference, a digest or a CID. */
public final class CatalogLookup {
  private final Catalog catalog;
  private final KnownNames names;
  private final Rules rules;

  public CatalogLookup(Catalog catalog, KnownNames names, List<RuleSettings> rules) {
    this.catalog = catalog;
    this.names = names;
    this.rules = new Rules(rules);
  }

  public Found find(String asked) throws QueryException {
    return switch (Asked.of(asked)) {
      case Asked.ByDigest(Digest digest) -> byDigest(asked, digest);
      case Asked.ByCid(Cid cid) -> byCid(asked, cid);
      case Asked.ByName(String name) -> byName(asked, names.reference(name));
    };
  }

  public Found byName(String asked, Reference reference) {
    if (reference.digest().isPresent()) {
      return held(asked, reference.name(), reference.digest().get());
    }
    return catalog
        .tags()
        .of(reference.name(), reference.tag().orElseThrow())
        .map(tag -> named(asked, tag, conversions(tag)))
        .or(() -> bySuffix(asked, reference))
        .orElseGet(() -> new Found(asked, null, null, List.of(), List.of()));
  }

  /** A tag of the source with the suffix of a mode, as the resolver serves it. */
  private Optional<Found> bySuffix(String asked, Reference reference) {
    String tag = reference.tag().orElseThrow().text();
    SuffixSettings suffixes = rules.firstMatch(reference.name(), tag).settings().suffixes();
    for (Mode mode : Mode.values()) {
      String suffix = suffixes.of(mode);
      if (tag.endsWith(suffix) && tag.length() > suffix.length()) {
        Tag base = new Tag(tag.substring(0, tag.length() - suffix.length()));
        Optional<TagState> state = catalog.tags().of(reference.name(), base);
        if (state.isPresent()) {
          return state.map(found -> inMode(asked, found, mode));
        }
      }
    }
    return Optional.empty();
  }

  private Found inMode(String asked, TagState tag, Mode mode) {
    List<Conversion> conversions =
        conversions(tag).stream().filter(conversion -> conversion.image().mode().is(mode)).toList();
    return named(asked, tag, conversions);
  }

  private Found named(String asked, TagState tag, List<Conversion> conversions) {
    Shows shows = Shows.of(catalog, rules, tag.key());
    return new Found(asked, tag, tag.digest(), List.of(tag.key()), conversions, shows);
  }

  /** A digest in a repository; it may be that of a mode. */
  private Found held(String asked, RepositoryName repository, Digest digest) {
    Digest source =
        catalog.conversions().heldServedAs(repository, digest).stream()
            .map(ImageState::digest)
            .findFirst()
            .orElse(digest);
    List<Conversion> made =
        conversions(repository, source).stream()
            .filter(found -> source.equals(digest) || digest.equals(found.image().servedDigest()))
            .toList();
    Shows shows =
        made.isEmpty() ? Shows.of(catalog, rules, TagState.key(repository, source)) : Shows.NOTHING;
    return new Found(asked, null, source, namesOf(source), made, shows);
  }

  private Found byDigest(String asked, Digest digest) {
    Optional<ImageState> made = catalog.conversions().servedAs(digest).stream().findFirst();
    if (made.isPresent()) {
      Digest source = made.get().digest();
      return new Found(asked, null, source, namesOf(source), List.of(conversion(made.get())));
    }
    List<Conversion> all =
        catalog.conversions().ofDigest(digest).stream().map(this::conversion).toList();
    return new Found(asked, null, digest, namesOf(digest), all);
  }

  private Found byCid(String asked, Cid cid) {
    Optional<ImageState> image =
        catalog
            .conversions()
            .firstByDag(new ImageDag(cid))
            .or(() -> catalog.conversions().byRoot(new RootCid(cid)).stream().findFirst());
    return image
        .map(i -> new Found(asked, null, i.digest(), namesOf(i.digest()), List.of(conversion(i))))
        .orElseGet(() -> new Found(asked, null, null, List.of(), List.of()));
  }

  private List<String> namesOf(Digest digest) {
    return catalog.tags().withDigest(digest).stream().map(TagState::key).toList();
  }

  private List<Conversion> conversions(TagState tag) {
    return conversions(tag.name(), tag.digest());
  }

  /** Those that the repository has been shown to have. */
  private List<Conversion> conversions(RepositoryName name, Digest digest) {
    return catalog.conversions().forRepository(name, digest).stream()
        .map(this::conversion)
        .toList();
  }

  private Conversion conversion(ImageState image) {
    return Conversion.of(image, catalog);
  }
}
