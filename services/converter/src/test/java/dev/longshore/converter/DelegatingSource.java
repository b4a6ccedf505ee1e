package dev.longshore.converter;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.Hold;
import dev.longshore.oci.source.ImagePresence;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import java.util.List;
import java.util.Optional;

/** A source with something in its way. */
public abstract class DelegatingSource implements ImageSource {
  private final ImageSource source;

  public DelegatingSource(ImageSource source) {
    this.source = source;
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    return source.resolve(reference);
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    return source.manifest(name, digest);
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    return source.blob(name, blob, offset);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    return source.serves(name, blob);
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    return source.tags(name, cursor);
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    return source.catalog(registry, cursor);
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    return source.referrers(name, subject);
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
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
    return source.presence(name, top, wanted);
  }

  @Override
  public Hold hold(RepositoryName name, Digest top) throws RegistryException {
    return source.hold(name, top);
  }
}
