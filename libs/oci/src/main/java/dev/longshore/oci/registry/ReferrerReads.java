package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Referrers by the API or, if a registry lacks it, by the tag in its place. */
final class ReferrerReads {
  /** Limit of referrers of one image; usual are a handful of signatures and SBOMs. */
  private static final int LIMIT = 10_000;

  private final Listings listings;
  private final ManifestReads manifests;
  private final Registries registries;

  ReferrerReads(Listings listings, ManifestReads manifests, Registries registries) {
    this.listings = listings;
    this.manifests = manifests;
    this.registries = registries;
  }

  List<Descriptor> of(RepositoryName name, Digest subject) throws RegistryException {
    Optional<List<Descriptor>> listed = listed(name, subject);
    return listed.isPresent() ? listed.get() : byTag(name, subject, attempt(name, subject));
  }

  private static Attempt attempt(RepositoryName name, Digest subject) {
    return new Attempt("GET referrers", name + "@" + subject);
  }

  /** Referrers by the API; empty if the registry lacks it. */
  Optional<List<Descriptor>> listed(RepositoryName name, Digest subject) throws RegistryException {
    Attempt attempt = attempt(name, subject);
    RegistryConfig config = registries.config(name.host());
    URI route = Routes.referrers(config, name, subject);
    var found = new ArrayList<Descriptor>();
    Optional<String> query = Optional.of("");
    try {
      while (query.isPresent()) {
        String asked = query.get();
        SmallAnswer answer = listings.get(config, TokenScope.pull(name), route, asked, attempt);
        int before = found.size();
        found.addAll(entries(answer.body(), attempt));
        query = LinkHeader.nextQuery(answer.head().all("Link"));
        if (found.size() > LIMIT || (query.isPresent() && found.size() == before)) {
          throw attempt.failed(Kind.LIMIT, "more than " + LIMIT + " referrers, or no end of them");
        }
      }
      return Optional.of(List.copyOf(found));
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<Descriptor> byTag(RepositoryName name, Digest subject, Attempt attempt)
      throws RegistryException {
    try {
      Reference tag = Reference.tagged(name, tag(subject));
      return entries(manifests.read(tag).body(), attempt);
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /** The tag under which clients keep the list themselves: algorithm and hex, at most 32 and 64. */
  static String tag(Digest subject) {
    String hex = subject.hex();
    return subject.algorithm().prefix() + "-" + hex.substring(0, Math.min(64, hex.length()));
  }

  private static List<Descriptor> entries(byte[] body, Attempt attempt) throws RegistryException {
    if (Manifest.parse(body, MediaType.OCI_INDEX, attempt) instanceof ImageIndex index) {
      return index.manifests();
    }
    throw attempt.failed(Kind.BAD_CONTENT, "the list of referrers is not an index");
  }
}
