package dev.longshore.containerd;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longshore.api.containerd.content.ContentCreate;
import dev.longshore.api.containerd.events.EventsGrpc.EventsBlockingV2Stub;
import dev.longshore.api.containerd.events.PublishRequest;
import dev.longshore.api.containerd.events.SubscribeRequest;
import dev.longshore.api.containerd.images.ImageCreate;
import dev.longshore.api.containerd.images.ImageDelete;
import dev.longshore.api.containerd.images.ImageUpdate;
import dev.longshore.api.containerd.types.Envelope;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription to a containerd. The answer to Subscribe does not say when the subscription
 * begins, so this publishes its own event until it comes back: from then on it misses none.
 */
final class EventStream implements LocalEvents {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final String OWN_NAMESPACE = "longshore";
  private static final String IMAGES = "containerd.services.images.v1.";

  /** Time after which an event lost before the subscription began is published again. */
  private static final Duration ECHO_LIMIT = Duration.ofMillis(100);

  private final EventsBlockingV2Stub stub;
  private final Attempt attempt;
  private final String echo = "/longshore/" + UUID.randomUUID();
  private final BlockingClientCall<?, Envelope> call;
  private final Queue<LocalEvent> early = new ArrayDeque<>();

  EventStream(EventsBlockingV2Stub stub, Attempt attempt) {
    this.stub = stub;
    this.attempt = attempt;
    this.call =
        stub.subscribe(
            SubscribeRequest.newBuilder()
                .addFilters("topic~=\"^/images/\"")
                .addFilters("topic==\"/content/create\"")
                .addFilters("topic==\"" + echo + "\"")
                .build());
  }

  /** Returns when the subscription has begun. */
  void awaitBegin(Duration limit) throws RegistryException {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      publishEcho(limit);
      long resend = System.nanoTime() + ECHO_LIMIT.toNanos();
      for (long left = ECHO_LIMIT.toNanos(); left > 0; left = resend - System.nanoTime()) {
        Optional<Envelope> arrived = take(Duration.ofNanos(left));
        if (arrived.filter(e -> e.getTopic().equals(echo)).isPresent()) {
          return;
        }
        arrived.flatMap(EventStream::read).ifPresent(early::add);
      }
    }
    throw attempt.failed(Kind.TRANSIENT, "no event came within " + limit);
  }

  private void publishEcho(Duration limit) throws RegistryException {
    Metadata headers = new Metadata();
    headers.put(Calls.NAMESPACE, OWN_NAMESPACE);
    // A type that every reader of events knows.
    Any nothing = Any.newBuilder().setTypeUrl("google.protobuf.Empty").build();
    try {
      var _ =
          stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
              .publish(PublishRequest.newBuilder().setTopic(echo).setEvent(nothing).build());
    } catch (StatusException e) {
      throw Statuses.failed(attempt, e);
    }
  }

  @Override
  public Optional<LocalEvent> next(Duration wait) throws RegistryException {
    LocalEvent waiting = early.poll();
    return waiting != null ? Optional.of(waiting) : take(wait).flatMap(EventStream::read);
  }

  private Optional<Envelope> take(Duration wait) throws RegistryException {
    try {
      Envelope arrived = call.read(wait.toNanos(), TimeUnit.NANOSECONDS);
      if (arrived == null) {
        throw attempt.failed(Kind.TRANSIENT, "containerd ended the stream of events");
      }
      return Optional.of(arrived);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (StatusException e) {
      throw Statuses.failed(attempt, e);
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
  }

  private static Optional<LocalEvent> read(Envelope envelope) {
    String namespace = envelope.getNamespace();
    Any event = envelope.getEvent();
    try {
      return switch (event.getTypeUrl()) {
        case IMAGES + "ImageCreate" ->
            changed(namespace, ImageCreate.parseFrom(event.getValue()).getName());
        case IMAGES + "ImageUpdate" ->
            changed(namespace, ImageUpdate.parseFrom(event.getValue()).getName());
        case IMAGES + "ImageDelete" ->
            changed(namespace, ImageDelete.parseFrom(event.getValue()).getName());
        case "containerd.events.ContentCreate" ->
            Optional.of(
                new LocalEvent.ContentArrived(
                    namespace,
                    Digest.parse(ContentCreate.parseFrom(event.getValue()).getDigest())));
        default -> Optional.empty();
      };
    } catch (InvalidProtocolBufferException | OciFormatException e) {
      LOG.warn("an event on {} could not be read: {}", envelope.getTopic(), e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<LocalEvent> changed(String namespace, String name) {
    return Optional.of(new LocalEvent.ImageChanged(namespace, name));
  }

  @Override
  public void close() {
    call.cancel("no more events are needed", null);
  }
}
