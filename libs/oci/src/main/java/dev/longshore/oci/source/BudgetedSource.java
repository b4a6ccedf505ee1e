package dev.longshore.oci.source;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.util.List;
import java.util.Optional;

/** A source each of whose calls is one request of a budget. */
record BudgetedSource(ImageSource source, RequestBudget budget) implements ImageSource {
  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    budget.take(new Attempt("resolve", reference.toString()));
    return source.resolve(reference);
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    budget.take(new Attempt("read manifest", name + "@" + digest));
    return source.manifest(name, digest);
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    budget.take(new Attempt("read blob", name + "@" + blob.digest()));
    return source.blob(name, blob, offset);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    budget.take(new Attempt("look for blob", name + "@" + blob.digest()));
    return source.serves(name, blob);
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    budget.take(new Attempt("list tags of", name.toString()));
    return source.tags(name, cursor);
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    budget.take(new Attempt("list repositories of", registry.toString()));
    return source.catalog(registry, cursor);
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    budget.take(new Attempt("list referrers of", name + "@" + subject));
    return source.referrers(name, subject);
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    budget.take(new Attempt("list referrers of", name + "@" + subject));
    return source.listedReferrers(name, subject);
  }

  @Override
  public String endpoint(RepositoryName name) {
    return source.endpoint(name);
  }

  @Override
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return source.isOverAll(registry, repository, failure);
  }

  @Override
  public ImagePresence presence(RepositoryName name, Descriptor top, List<Platform> wanted)
      throws RegistryException {
    budget.take(new Attempt("look for content of", name + "@" + top.digest()));
    return source.presence(name, top, wanted);
  }

  @Override
  public Hold hold(RepositoryName name, Digest top) throws RegistryException {
    return source.hold(name, top);
  }
}
