package dev.longshore.app.cli;

import dev.longshore.app.SourceRegistries;
import dev.longshore.app.keyholder.ImageAt;
import dev.longshore.app.query.find.Asked;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.Cid;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.RegistryClient;
import java.util.Optional;

/**
 * Finds where to read an image: files, the resolver, or its registry. Only digests need Kafka, so
 * that everything else works with just the resolver or a registry.
 */
final class ImageLocation {
  private final Settings settings;
  private final KnownNames names;
  private final OwnResolver resolver;

  ImageLocation(Settings settings) {
    this.settings = settings;
    this.names = new KnownNames(settings.shared().registries());
    this.resolver = new OwnResolver(settings.resolver());
  }

  /** Finds an image that must be somewhere. */
  ImageAt find(String asked) throws QueryException, InterruptedException {
    try {
      Optional<ImageAt> file = ImageFile.find(asked);
      if (file.isPresent()) {
        return file.get();
      }
      return switch (Asked.of(asked)) {
        case Asked.ByDigest _ -> inResolver(asked, dagOf(asked));
        case Asked.ByCid(Cid cid) -> inResolver(asked, cid.toString());
        case Asked.ByName _ -> byName(asked);
      };
    } catch (RegistryException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private ImageAt inResolver(String asked, String cid) {
    return new ImageAt(asked, resolver.client(), resolver.byCid(cid));
  }

  /** A name in a mirrored registry may be a mode that only the resolver has. */
  private ImageAt byName(String asked) throws QueryException, RegistryException {
    Reference reference = names.reference(asked);
    RegistryClient registry = SourceRegistries.client(settings.shared().registries());
    if (names.isMirrored(reference)) {
      Reference there = resolver.byName(reference);
      try {
        resolver.client().resolve(there);
        return new ImageAt(asked, resolver.client(), there);
      } catch (RegistryException e) {
        boolean elsewhere =
            e.kind() == RegistryException.Kind.NOT_FOUND
                || e.kind() == RegistryException.Kind.TRANSIENT;
        if (!elsewhere || names.isLocal(reference)) {
          throw e;
        }
      }
    }
    return new ImageAt(asked, registry, reference);
  }

  /** The image DAG for a digest: its first mode, or the mode served under that digest. */
  private String dagOf(String digest) throws QueryException, InterruptedException {
    try (CatalogView view = CatalogView.open(settings)) {
      Found found =
          new CatalogLookup(view.catalog(), names, settings.shared().rules()).find(digest);
      if (found.conversions().isEmpty()) {
        throw new CommandException(names.notKnown(digest));
      }
      return found.conversions().getFirst().image().imageDag().toString();
    }
  }

  /** The full name for what the user typed; empty for files, digests and CIDs. */
  Optional<Reference> nameOf(String asked) throws QueryException {
    boolean isName = !ImageFile.isOne(asked) && Asked.of(asked) instanceof Asked.ByName;
    return isName ? Optional.of(names.reference(asked)) : Optional.empty();
  }
}
