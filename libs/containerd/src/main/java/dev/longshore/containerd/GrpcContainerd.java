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
import dev.longshore.api.containerd.leases.AddResourceRequest;
import dev.longshore.api.containerd.leases.CreateRequest;
import dev.longshore.api.containerd.leases.DeleteRequest;
import dev.longshore.api.containerd.leases.LeasesGrpc;
import dev.longshore.api.containerd.leases.Resource;
import dev.longshore.api.containerd.namespaces.ListNamespacesRequest;
import dev.longshore.api.containerd.namespaces.Namespace;
import dev.longshore.api.containerd.namespaces.NamespacesGrpc;
import dev.longshore.api.containerd.version.VersionGrpc;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.Hold;
import dev.longshore.oci.OciFormatException;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real containerd, over its Unix socket. */
public final class GrpcContainerd implements Containerd {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcContainerd.class);

  /** containerd answers in milliseconds; the first calls after its start wait for its plugins. */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

  private final String node;
  private final Path socket;
  private final Clock clock;
  private final SocketConnection connection;
  private final Channel channel;

  private GrpcContainerd(String node, Path socket, Clock clock) {
    this.node = node;
    this.socket = socket;
    this.clock = clock;
    this.connection = SocketConnection.to(socket);
    this.channel = connection.channel();
  }

  /** Connects at the first call, and again after each restart of containerd. */
  public static GrpcContainerd at(String node, Path socket, Clock clock) {
    return new GrpcContainerd(node, socket, clock);
  }

  @Override
  public String node() {
    return node;
  }

  /** What containerd says of itself, such as {@code v2.4.2}. */
  public String version() throws RegistryException {
    return call(
        attempt("ask version"),
        () ->
            within(VersionGrpc.newBlockingV2Stub(channel))
                .version(Empty.getDefaultInstance())
                .getVersion());
  }

  @Override
  public List<String> namespaces() throws RegistryException {
    return call(
        attempt("list namespaces"),
        () ->
            within(NamespacesGrpc.newBlockingV2Stub(channel))
                .list(ListNamespacesRequest.getDefaultInstance())
                .getNamespacesList()
                .stream()
                .map(Namespace::getName)
                .toList());
  }

  @Override
  public List<LocalImage> images(String namespace) throws RegistryException {
    List<Image> listed =
        call(
            attempt("list images of namespace " + namespace),
            () ->
                within(ImagesGrpc.newBlockingV2Stub(in(namespace)))
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
          call(
              attempt("get image " + namespace + " " + name),
              () ->
                  within(ImagesGrpc.newBlockingV2Stub(in(namespace)))
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
          call(
              attempt("look for content " + namespace + " " + digest),
              () ->
                  within(ContentGrpc.newBlockingV2Stub(in(namespace)))
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
        ContentGrpc.newBlockingV2Stub(in(namespace)).read(request),
        attempt("read content " + namespace + " " + digest));
  }

  @Override
  public LocalEvents subscribe() throws RegistryException {
    connection.channel().resetConnectBackoff();
    var events =
        new EventStream(EventsGrpc.newBlockingV2Stub(channel), attempt("subscribe to events"));
    try {
      events.awaitBegin(CALL_LIMIT);
      return events;
    } catch (RegistryException e) {
      events.close();
      throw e;
    }
  }

  @Override
  public Hold lease(String namespace, Digest digest, Duration limit) throws RegistryException {
    String id = "longshore-" + UUID.randomUUID();
    Attempt attempt = attempt("lease content " + namespace + " " + digest);
    String end = clock.instant().plus(limit).truncatedTo(ChronoUnit.SECONDS).toString();
    var leases = LeasesGrpc.newBlockingV2Stub(in(namespace));
    call(
        attempt,
        () ->
            within(leases)
                .create(
                    CreateRequest.newBuilder()
                        .setId(id)
                        .putAllLabels(Map.of("containerd.io/gc.expire", end))
                        .build()));
    Hold hold = () -> giveBack(leases, id);
    try {
      call(
          attempt,
          () ->
              within(leases)
                  .addResource(
                      AddResourceRequest.newBuilder()
                          .setId(id)
                          .setResource(
                              Resource.newBuilder().setId(digest.toString()).setType("content"))
                          .build()));
    } catch (RegistryException e) {
      hold.close();
      throw e;
    }
    return hold;
  }

  private void giveBack(LeasesGrpc.LeasesBlockingV2Stub leases, String id) {
    // A thread that is to stop still gives back what it took.
    boolean interrupted = Thread.interrupted();
    try {
      call(
          attempt("delete lease " + id),
          () -> within(leases).delete(DeleteRequest.newBuilder().setId(id).build()));
    } catch (RegistryException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        LOG.warn("{}; the lease ends by itself", e.getMessage());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  private Channel in(String namespace) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, namespace);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static <S extends AbstractStub<S>> S within(S stub) {
    return stub.withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Attempt attempt(String action) {
    return new Attempt(action, "in containerd " + node + " at " + socket);
  }

  @FunctionalInterface
  private interface Call<T> {
    T run() throws StatusException;
  }

  private <T> T call(Attempt attempt, Call<T> call) throws RegistryException {
    try {
      return call.run();
    } catch (StatusException e) {
      // Whoever calls pauses by itself; gRPC's own pauses grow to two minutes.
      connection.channel().resetConnectBackoff();
      throw Statuses.failed(attempt, e);
    }
  }
}
