package dev.longshore.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import dev.longshore.api.containerd.events.EventsGrpc;
import dev.longshore.api.containerd.events.PublishRequest;
import dev.longshore.api.containerd.images.ImageCreate;
import dev.longshore.containerd.testing.ContainerdConformance;
import dev.longshore.containerd.testing.ContainerdDaemon;
import dev.longshore.containerd.testing.LocalStore;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class GrpcContainerdIT extends ContainerdConformance {
  @TempDir static Path folder;
  private static ContainerdDaemon daemon;
  private static GrpcContainerd client;

  @BeforeAll
  static void start() throws Exception {
    daemon = ContainerdDaemon.start(folder.resolve("c"));
    client = GrpcContainerd.at("node-1", daemon.socket(), Clock.systemUTC());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    daemon.close();
  }

  @Override
  protected Containerd containerd() {
    return client;
  }

  @Override
  protected LocalStore store() {
    return daemon;
  }

  @Override
  protected void awaitConnection() throws Exception {
    ReadyConnection.await(client.connection());
  }

  @Test
  void saysWhichVersionItIs() throws Exception {
    assertThat(client.version()).startsWith("v2.");
  }

  @Test
  void eventsEndWhenContainerdIsKilledAndGoOnWithTheNextOne() throws Exception {
    try (ContainerdDaemon own = ContainerdDaemon.start(folder.resolve("k"));
        GrpcContainerd its = GrpcContainerd.at("node-2", own.socket(), Clock.systemUTC())) {
      LocalEvents events = its.subscribe();
      own.kill();

      assertThat(failure(() -> untilEnd(events)).kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(failure(its::namespaces).kind()).isEqualTo(Kind.TRANSIENT);

      own.start();
      ReadyConnection.await(its.connection());
      try (LocalEvents next = its.subscribe()) {
        own.ctr("default", "namespaces", "create", "made");
        assertThat(its.namespaces()).contains("made");
        assertThat(next.next(Duration.ofMillis(10))).isEmpty();
      }
    }
  }

  @Test
  void anEventRightAfterSubscribingIsNotMissed() throws Exception {
    try (SocketConnection other = SocketConnection.to(daemon.socket())) {
      for (int round = 0; round < 50; round++) {
        String name = "registry.test/race:" + round;
        try (LocalEvents events = client.subscribe()) {
          publish(other, name);
          LocalEvent expected = new LocalEvent.ImageChanged("race", name);
          assertThat(events.next(Duration.ofSeconds(10))).contains(expected);
        }
      }
    }
  }

  /** As containerd itself says that an image was made. */
  private static void publish(SocketConnection other, String name) throws Exception {
    var event =
        Any.newBuilder()
            .setTypeUrl("containerd.services.images.v1.ImageCreate")
            .setValue(ImageCreate.newBuilder().setName(name).build().toByteString());
    Metadata headers = new Metadata();
    headers.put(Calls.NAMESPACE, "race");
    var answer =
        EventsGrpc.newBlockingV2Stub(other.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .publish(
                PublishRequest.newBuilder().setTopic("/images/create").setEvent(event).build());
    assertThat(answer).isNotNull();
  }

  @Test
  void aContainerdThatDoesNotAnswerIsGivenUpInTime() throws Exception {
    try (ContainerdDaemon own = ContainerdDaemon.start(folder.resolve("f"));
        GrpcContainerd its = GrpcContainerd.at("node-3", own.socket(), Clock.systemUTC())) {
      own.freeze();
      try {
        assertThat(failure(its::namespaces).kind()).isEqualTo(Kind.TRANSIENT);
      } finally {
        own.thaw();
      }
      assertThat(its.namespaces()).isNotNull();
    }
  }

  @Test
  void aSocketThatIsNotThereIsNamed() {
    Path nowhere = folder.resolve("no.sock");
    try (GrpcContainerd its = GrpcContainerd.at("node-4", nowhere, Clock.systemUTC())) {
      assertThat(failure(its::subscribe))
          .hasMessageContaining(nowhere.toString())
          .hasMessageContaining("No such file")
          .returns(Kind.TRANSIENT, RegistryException::kind);
    }
  }

  private static void untilEnd(LocalEvents events) throws RegistryException {
    while (true) {
      events.next(Duration.ofSeconds(10));
    }
  }

  private static RegistryException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(RegistryException.class, call);
  }
}
