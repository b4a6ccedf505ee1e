package dev.longshore.containerd;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.Hold;
import dev.longshore.oci.source.ImagePresence;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The images of containerds as repositories {@code containerd/<node>/<namespace>/...}. A namespace
 * has one content store, so all its repositories share its digests.
 */
public final class ContainerdImages implements ImageSource {
  /**
   * Lifetime of an unreleased hold, as after a crash: reading the largest image allowed by default
   * takes less at 5 MB/s.
   */
  static final Duration HOLD_LIMIT = Duration.ofHours(6);

  /** Limit of manifests to search for referrers. */
  private static final int MAX_REFERRERS = 10_000;

  private final Map<String, Containerd> nodes;

  /**
   * @param nodes the containerds; each serves the images under its node's name
   */
  public ContainerdImages(Collection<? extends Containerd> nodes) {
    this.nodes =
        nodes.stream().collect(Collectors.toUnmodifiableMap(Containerd::node, Function.identity()));
  }

  @Override
  public Descriptor resolve(Reference reference) throws RegistryException {
    var attempt = new Attempt("resolve", reference.toString());
    Place place = place(reference.name(), attempt);
    if (reference.digest().isPresent()) {
      byte[] body = manifest(reference.name(), reference.digest().get());
      String mediaType = Manifest.parse(body, "", attempt).mediaType();
      return new Descriptor(mediaType, reference.digest().get(), body.length);
    }
    for (String name : LocalName.names(reference)) {
      Optional<LocalImage> image = place.node.image(place.namespace, name);
      if (image.isPresent()) {
        return image.get().target();
      }
    }
    throw attempt.failed(Kind.NOT_FOUND, "containerd has no image of that name");
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
    var attempt = new Attempt("read manifest", name + "@" + digest);
    Place place = place(name, attempt);
    long size = place.size(digest, attempt);
    if (size > Manifest.MANIFEST_LIMIT) {
      throw attempt.failed(
          Kind.LIMIT, size + " bytes, more than the " + Manifest.MANIFEST_LIMIT + " of a manifest");
    }
    byte[] body;
    try (InputStream in = place.node.read(place.namespace, digest, 0)) {
      body = in.readNBytes(Manifest.MANIFEST_LIMIT);
    } catch (RegistryException e) {
      throw e;
    } catch (IOException e) {
      throw attempt.failed(Kind.TRANSIENT, "cannot be read: " + e.getMessage(), e);
    }
    Digest found = Digest.of(digest.algorithm(), body);
    if (!found.equals(digest)) {
      throw attempt.failed(Kind.BAD_CONTENT, "the content has digest " + found);
    }
    return body;
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
      throws RegistryException {
    var attempt = new Attempt("read blob", name + "@" + blob.digest());
    Place place = place(name, attempt);
    long size = place.size(blob.digest(), attempt);
    if (size != blob.size()) {
      throw attempt.failed(
          Kind.BAD_CONTENT, "it has %d bytes where %d are described".formatted(size, blob.size()));
    }
    InputStream bytes =
        offset == size
            ? InputStream.nullInputStream()
            : place.node.read(place.namespace, blob.digest(), offset);
    return BlobStream.of(bytes, blob, offset, attempt);
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    if (LocalName.of(name).isEmpty()) {
      return false;
    }
    Place place = place(name, new Attempt("look for blob", name + "@" + blob.digest()));
    return place.node.size(place.namespace, blob.digest()).equals(OptionalLong.of(blob.size()));
  }

  @Override
  public Page tags(RepositoryName name, String cursor) throws RegistryException {
    var attempt = new Attempt("list tags of", name.toString());
    var tags = new TreeSet<String>();
    boolean known = false;
    for (Reference reference : references(place(name, attempt))) {
      if (reference.name().equals(name)) {
        known = true;
        reference.tag().map(Tag::text).ifPresent(tags::add);
      }
    }
    if (!known) {
      throw attempt.failed(Kind.NOT_FOUND, "containerd has no image of that repository");
    }
    return new Page(List.copyOf(tags), Optional.empty());
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) throws RegistryException {
    var repositories = new TreeSet<String>();
    if (registry.equals(LocalName.HOST)) {
      for (Containerd node : nodes.values()) {
        for (String namespace : node.namespaces()) {
          references(new Place(node, namespace))
              .forEach(reference -> repositories.add(reference.name().repository()));
        }
      }
    }
    return new Page(List.copyOf(repositories), Optional.empty());
  }

  /** Searches the images with the repository's name. */
  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) throws RegistryException {
    var attempt = new Attempt("list referrers of", name + "@" + subject);
    Place place = place(name, attempt);
    var found = new ArrayList<Descriptor>();
    int read = 0;
    for (LocalImage image : place.node.images(place.namespace)) {
      Descriptor target = image.target();
      boolean here =
          LocalName.of(place.node.node(), place.namespace, image.name())
              .filter(reference -> reference.name().equals(name))
              .isPresent();
      if (!here || !MediaType.isManifest(target.mediaType())) {
        continue;
      }
      if (++read > MAX_REFERRERS) {
        throw attempt.failed(Kind.LIMIT, "more than " + MAX_REFERRERS + " manifests");
      }
      if (place.node.size(place.namespace, target.digest()).isEmpty()) {
        continue;
      }
      Manifest manifest =
          Manifest.parse(manifest(name, target.digest()), target.mediaType(), attempt);
      boolean bound = manifest.subject().filter(s -> s.digest().equals(subject)).isPresent();
      if (bound && !found.contains(manifest.referrer())) {
        found.add(manifest.referrer());
      }
    }
    return found;
  }

  @Override
  public String endpoint(RepositoryName name) {
    return endpoint(LocalName.of(name).map(LocalName::node).orElse("without a name"));
  }

  /** This node's containerd, as named in pauses and {@code status}. */
  public static String endpoint(String node) {
    return LocalName.HOST + " " + node;
  }

  @Override
  public ImagePresence presence(RepositoryName name, Descriptor top, List<Platform> wanted)
      throws RegistryException {
    Place place = place(name, new Attempt("look for content of", name + "@" + top.digest()));
    return new PresenceWalk(
            digest -> place.node.size(place.namespace, digest).isPresent(),
            digest -> manifest(name, digest),
            wanted)
        .of(top);
  }

  @Override
  public Hold hold(RepositoryName name, Digest top) throws RegistryException {
    Place place = place(name, new Attempt("hold", name + "@" + top));
    return place.node.lease(place.namespace, top, HOLD_LIMIT);
  }

  private List<Reference> references(Place place) throws RegistryException {
    return place.node.images(place.namespace).stream()
        .map(image -> LocalName.of(place.node.node(), place.namespace, image.name()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Place place(RepositoryName name, Attempt attempt) throws RegistryException {
    LocalName local =
        LocalName.of(name)
            .orElseThrow(
                () ->
                    attempt.failed(
                        Kind.NOT_FOUND,
                        "it is no name of the form containerd/<node>/<namespace>/<image>"));
    Containerd node = nodes.get(local.node());
    if (node == null) {
      throw attempt.failed(
          Kind.UNSUPPORTED,
          "no containerd of a node '%s' is configured (configured: %s); add it under containerd"
              .formatted(local.node(), new TreeSet<>(nodes.keySet())));
    }
    return new Place(node, local.namespace());
  }

  private record Place(Containerd node, String namespace) {
    long size(Digest digest, Attempt attempt) throws RegistryException {
      OptionalLong size = node.size(namespace, digest);
      return size.orElseThrow(
          () -> attempt.failed(Kind.NOT_FOUND, "the namespace has no such content"));
    }
  }
}
