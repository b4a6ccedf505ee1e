package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first of the peers takes images in; the settings then name another one first. */
@Timeout(60)
class FormerIngestPeerTest {
  private static final PeerSettings A = TestConverter.peerSettings("a", false);
  private static final PeerSettings B = TestConverter.peerSettings("b", false);

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode a = swarm.node("a");
  private final InMemoryIpfsNode b = swarm.node("b");
  private final Queue<String> opened = new ConcurrentLinkedQueue<>();
  private CurrentSettings current = CurrentSettings.of(shared(A));
  private ConverterService service = start(A);

  @Test
  void keepsNoHoldOnceTheSettingsNameAnother() throws Exception {
    leaveAHold();
    clock.advance(Duration.ofDays(2));

    current.replace(PeersAndRules.of(shared(B)));
    sweep();

    assertThat(a.pinned()).isEmpty();
  }

  @Test
  void keepsNoHoldAfterARestartWithAnother() throws Exception {
    leaveAHold();
    clock.advance(Duration.ofDays(2));

    service = start(B, A);
    sweep();

    assertThat(a.pinned()).isEmpty();
  }

  /** What it is to hold for the next try is not forgotten with it. */
  @Test
  void staysOpenWhileOnlyRefusedSettingsNameAnother() {
    current.made(
        settings -> {
          if (settings.peers().getFirst().equals(B)) {
            throw new IllegalArgumentException("refused");
          }
          return settings;
        });

    assertThatThrownBy(() -> current.replace(PeersAndRules.of(shared(B, A)))).hasMessage("refused");
    current.replace(PeersAndRules.of(shared(A, B)));

    assertThat(opened).containsOnlyOnce("a");
    assertThat(service.ingestNodes()).containsExactly(a);
  }

  @Test
  void ifItsSecretsAreMissingTheOthersAreLookedThrough() throws Exception {
    leaveAHold();
    clock.advance(Duration.ofDays(2));

    service = start(B, TestConverter.peerSettings("no secret", false), A);
    sweep();

    assertThat(a.pinned()).isEmpty();
  }

  private void leaveAHold() {
    Uploads uploads = new Uploads(registry, APP);
    Descriptor other = uploads.layer(2, 1_200_000);
    Descriptor image = uploads.image(uploads.layer(1, 1_400_000), other);
    registry.faults().next(other.digest().toString(), new Fault.Status(503, Optional.empty()));
    Observed observed = observed(APP, "1", image);
    assertThatThrownBy(
            () ->
                service
                    .step()
                    .handle(
                        new Message(Topic.OBSERVED, 0, 0, observed.key(), "id", NOON, observed),
                        _ -> {}))
        .isInstanceOf(TransientFailure.class);
    assertThat(a.pinned()).isNotEmpty();
  }

  private void sweep() throws InterruptedException {
    LeftHolds left = service.leftHolds();
    left.start();
    try {
      Await.until(() -> a.pinned().isEmpty());
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  private static SharedSettings shared(PeerSettings... peers) {
    return TestConverter.shared(List.of(peers), List.of());
  }

  private ConverterService start(PeerSettings... peers) {
    SharedSettings shared = shared(peers);
    current = CurrentSettings.of(shared);
    return new ConverterService(
        new ServiceContext(
            shared,
            current,
            Catalog.inMemory(clock),
            new Endpoints(clock, (_, _) -> {}, new Random(1)),
            OpenTelemetry.noop(),
            AuditSink.NONE,
            clock),
        TestConverter.SETTINGS,
        this::open,
        new DelegatingSource(registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (blob.size() == 1_200_000) {
              Await.until(() -> !a.pinned().isEmpty());
            }
            return super.blob(name, blob, offset);
          }
        },
        Executors::newVirtualThreadPerTaskExecutor);
  }

  private IpfsNode open(PeerSettings peer) {
    opened.add(peer.name());
    return switch (peer.name()) {
      case "a" -> a;
      case "b" -> b;
      default -> throw new IllegalArgumentException("its secret is missing");
    };
  }
}
