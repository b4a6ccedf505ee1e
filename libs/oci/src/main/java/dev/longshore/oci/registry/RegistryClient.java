package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.FailureReach;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.source.RequestBudget;
import java.util.List;
import java.util.Optional;

/**
 * Reads from registries over HTTP, each by its configuration. Retries passing failures a few times,
 * and resumes a blob after a broken connection. Holds only tokens, so one client is enough for a
 * process.
 */
public final class RegistryClient implements ImageSource {
  private final Registries registries;
  private final RegistryHttp http;
  private final ManifestReads manifests;
  private final BlobReads blobs;
  private final Listings listings;
  private final ReferrerReads referrers;
  private final FailureReach reach;

  public RegistryClient(Registries registries) {
    this(registries, ClientSettings.defaults());
  }

  public RegistryClient(Registries registries, ClientSettings settings) {
    this(registries, new RegistryHttp(settings));
  }

  private RegistryClient(Registries registries, RegistryHttp http) {
    this.registries = registries;
    this.http = http;
    this.manifests = new ManifestReads(http, registries);
    this.blobs = new BlobReads(http, registries);
    this.listings = new Listings(http, registries);
    this.referrers = new ReferrerReads(listings, manifests, registries);
    this.reach = new FailureReach(new RegistryPing(http, registries), http.settings().clock());
  }

  @Override
  public RegistryClient within(RequestBudget budget) {
    return new RegistryClient(registries, http.within(budget));
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    return answered(reference.name(), manifests.resolve(reference));
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    return answered(name, manifests.read(name, digest));
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    return answered(name, blobs.read(name, blob, offset));
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    return blobs.serves(name, blob);
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    return answered(name, listings.tags(name, cursor));
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    return listings.catalog(registry, cursor);
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    return referrers.of(name, subject);
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    return referrers.listed(name, subject);
  }

  @Override
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return reach.isOverAll(registry, repository, failure);
  }

  private <T> T answered(RepositoryName name, T answer) {
    reach.answered(name);
    return answer;
  }
}
