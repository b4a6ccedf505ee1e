package dev.longshore.app;

import dev.longshore.app.settings.Settings;
import dev.longshore.containerd.ContainerdImages;
import dev.longshore.containerd.GrpcContainerd;
import dev.longshore.containerd.LocalName;
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
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.watcher.ContainerdSettings;
import dev.longshore.watcher.WatchedNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** All sources as one: a containerd's images are read there, all others from registries. */
final class ImageSources implements ImageSource, AutoCloseable {
  private final ImageSource registries;
  private final List<GrpcContainerd> nodes;
  private final ImageSource local;

  ImageSources(ImageSource registries, List<ContainerdSettings> containerds, Clock clock) {
    this(registries, containerds.stream().map(node -> open(node, clock)).toList());
  }

  private ImageSources(ImageSource registries, List<GrpcContainerd> nodes) {
    this.registries = registries;
    this.nodes = nodes;
    this.local = new ContainerdImages(nodes);
  }

  /** The same, for as long as this one is open. A containerd needs no budget: it is our own. */
  @Override
  public ImageSource within(RequestBudget budget) {
    return new ImageSources(registries.within(budget), nodes);
  }

  /** The configured sources, without connecting. */
  static ImageSources of(Settings settings, Clock clock) {
    return new ImageSources(
        SourceRegistries.client(settings.shared().registries()), settings.containerd(), clock);
  }

  /** The sources, without connecting. */
  static GrpcContainerd open(ContainerdSettings node, Clock clock) {
    return GrpcContainerd.at(node.name(), node.socket().toAbsolutePath(), clock);
  }

  /** The containerds that the watcher follows and closes. */
  static List<WatchedNode> watched(List<ContainerdSettings> containerds, Clock clock) {
    return containerds.stream().map(node -> new WatchedNode(node, open(node, clock))).toList();
  }

  private ImageSource of(RegistryHost host) {
    return host.equals(LocalName.HOST) ? local : registries;
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    return of(reference.name().host()).resolve(reference);
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    return of(name.host()).manifest(name, digest);
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    return of(name.host()).blob(name, blob, offset);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    return of(name.host()).serves(name, blob);
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    return of(name.host()).tags(name, cursor);
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    return of(registry).catalog(registry, cursor);
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    return of(name.host()).referrers(name, subject);
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject)
      throws RegistryException {
    return of(name.host()).listedReferrers(name, subject);
  }

  @Override
  public String endpoint(RepositoryName name) {
    return of(name.host()).endpoint(name);
  }

  @Override
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    return of(registry).isOverAll(registry, repository, failure);
  }

  @Override
  public ImagePresence presence(RepositoryName name, Descriptor top, List<Platform> wanted)
      throws RegistryException {
    return of(name.host()).presence(name, top, wanted);
  }

  @Override
  public Hold hold(RepositoryName name, Digest top) throws RegistryException {
    return of(name.host()).hold(name, top);
  }

  @Override
  public void close() {
    nodes.forEach(GrpcContainerd::close);
  }
}
