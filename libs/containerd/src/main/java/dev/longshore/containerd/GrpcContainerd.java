package dev.longshore.containerd;

import com.google.protobuf.Empty;
import dev.longshore.api.containerd.content.ContentGrpc;
import dev.longshore.api.containerd.content.InfoRequest;
import dev.longshore.api.containerd.content.ReadContentRequest;
import dev.longshore.api.containerd.events.EventsGrpc;
import dev.longshore.api.containerd.images.GetImageRequest;
import dev.longshore.api.containerd.images.Image;
import dev.longshore.api.containerd.images.ImagesGrpc;
import dev.longshore.api.containerd.images.ListImagesRequest;
import dev.longshore.api.containerd.namespaces.ListNamespacesRequest;
import dev.longshore.api.containerd.namespaces.Namespace;
import dev.longshore.api.containerd.namespaces.NamespacesGrpc;
import dev.longshore.api.containerd.version.VersionGrpc;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Hold;
import io.grpc.Channel;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real containerd, over its Unix socket. */
public final class GrpcContainerd implements Containerd {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcContainerd.class);

  private final Clock clock;
  private final SocketConnection connection;
  private final Channel channel;
  private final Calls calls;
  private final Leases leases;

  private GrpcContainerd(String node, Path socket, Clock clock) {
    this.clock = clock;
    this.connection = SocketConnection.to(socket);
    this.channel = connection.channel();
    this.calls = new Calls(node, socket, connection);
    this.leases = new Leases(calls);
  }

  /** Connects at the first call, and again after each restart of containerd. */
  public static GrpcContainerd at(String node, Path socket, Clock clock) {
    return new GrpcContainerd(node, socket, clock);
  }

  @Override
  public String node() {
    return calls.node();
  }

  /** For callers that wait. */
  SocketConnection connection() {
    return connection;
  }

  /** The version that containerd reports, such as {@code v2.4.2}. */
  public String version() throws RegistryException {
    return calls.run(
        calls.attempt("ask version"),
        () ->
            Calls.within(VersionGrpc.newBlockingV2Stub(channel))
                .version(Empty.getDefaultInstance())
                .getVersion());
  }

  @Override
  public List<String> namespaces() throws RegistryException {
    return calls.run(
        calls.attempt("list namespaces"),
        () ->
            Calls.within(NamespacesGrpc.newBlockingV2Stub(channel))
                .list(ListNamespacesRequest.getDefaultInstance())
                .getNamespacesList()
                .stream()
                .map(Namespace::getName)
                .toList());
  }

  @Override
  public List<LocalImage> images(String namespace) throws RegistryException {
    List<Image> listed =
        calls.run(
            calls.attempt("list images of namespace " + namespace),
            () ->
                Calls.within(ImagesGrpc.newBlockingV2Stub(calls.in(namespace)))
                    .list(ListImagesRequest.getDefaultInstance())
                    .getImagesList());
    var images = new ArrayList<LocalImage>(listed.size());
    for (Image image : listed) {
      read(image).ifPresent(images::add);
    }
    return images;
  }

  @Override
  public Optional<LocalImage> image(String namespace, String name) throws RegistryException {
    try {
      Image image =
          calls.run(
              calls.attempt("get image " + namespace + " " + name),
              () ->
                  Calls.within(ImagesGrpc.newBlockingV2Stub(calls.in(namespace)))
                      .get(GetImageRequest.newBuilder().setName(name).build())
                      .getImage());
      return read(image);
    } catch (RegistryException e) {
      return Statuses.<LocalImage>noneIfNotFound(e);
    }
  }

  private static Optional<LocalImage> read(Image image) {
    try {
      var target = image.getTarget();
      return Optional.of(
          new LocalImage(
              image.getName(),
              new Descriptor(
                  target.getMediaType(), Digest.parse(target.getDigest()), target.getSize())));
    } catch (OciFormatException e) {
      LOG.warn("image {} points to nothing that is an image: {}", image.getName(), e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong size(String namespace, Digest digest) throws RegistryException {
    var request = InfoRequest.newBuilder().setDigest(digest.toString()).build();
    try {
      return OptionalLong.of(
          calls.run(
              calls.attempt("look for content " + namespace + " " + digest),
              () ->
                  Calls.within(ContentGrpc.newBlockingV2Stub(calls.in(namespace)))
                      .info(request)
                      .getInfo()
                      .getSize()));
    } catch (RegistryException e) {
      Statuses.noneIfNotFound(e);
      return OptionalLong.empty();
    }
  }

  @Override
  public InputStream read(String namespace, Digest digest, long offset) {
    var request =
        ReadContentRequest.newBuilder().setDigest(digest.toString()).setOffset(offset).build();
    return new ContentStream(
        ContentGrpc.newBlockingV2Stub(calls.in(namespace)).read(request),
        calls.attempt("read content " + namespace + " " + digest));
  }

  @Override
  public LocalEvents subscribe() throws RegistryException {
    connection.channel().resetConnectBackoff();
    var events =
        new EventStream(
            EventsGrpc.newBlockingV2Stub(channel), calls.attempt("subscribe to events"));
    try {
      events.awaitBegin(Calls.LIMIT);
      return events;
    } catch (RegistryException e) {
      events.close();
      throw e;
    }
  }

  @Override
  public Hold lease(String namespace, Digest digest, Duration limit) throws RegistryException {
    return leases.take(namespace, digest, clock.instant().plus(limit));
  }

  @Override
  public void close() {
    connection.close();
  }
}
