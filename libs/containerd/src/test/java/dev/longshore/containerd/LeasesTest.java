package dev.longshore.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.containerd.testing.LeasesServer;
import dev.longshore.model.Digest;
import dev.longshore.oci.RegistryException;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is given back late, and what is not. */
@Timeout(60)
class LeasesTest {
  private static final Digest CONTENT = Digest.of(new byte[] {1});

  @TempDir Path folder;
  private LeasesServer server;
  private SocketConnection connection;
  private Leases leases;

  @BeforeEach
  void start() throws Exception {
    Path socket = folder.resolve("c.sock");
    server = new LeasesServer(socket);
    connection = SocketConnection.to(socket);
    leases = givingBackWithin(Duration.ofSeconds(30));
  }

  private Leases givingBackWithin(Duration limit) {
    return new Leases(new Calls("node-1", folder.resolve("c.sock"), connection), limit);
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    server.close();
  }

  private void take() throws RegistryException {
    assertThat(leases.take("ns", CONTENT, Instant.EPOCH)).isNotNull();
  }

  private RegistryException failure() {
    return catchThrowableOfType(RegistryException.class, this::take);
  }

  @Test
  void nothingIsOwedToAContainerdThatWasAway() throws Exception {
    assertThat(failure()).isNotNull();
    server.start();
    ReadyConnection.await(connection);

    take();

    assertThat(server.asked()).isEmpty();
  }

  @Test
  void nothingIsOwedForWhatWasRefused() throws Exception {
    server.start();
    server.answerCreate(Status.PERMISSION_DENIED);
    assertThat(failure()).isNotNull();
    server.answerCreate(Status.OK);

    take();

    assertThat(server.asked()).isEmpty();
  }

  @Test
  void whatMayHaveBeenMadeIsGivenBackWithTheNext() throws Exception {
    server.start();
    server.answerCreate(Status.UNAVAILABLE);
    assertThat(failure()).isNotNull();
    server.answerCreate(Status.OK);

    take();

    assertThat(server.asked()).hasSize(1).isEqualTo(server.deleted());
    take();
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void oneThatCannotBeGivenBackStopsNoOther() throws Exception {
    server.start();
    server.answerCreate(Status.UNAVAILABLE);
    for (int i = 0; i < 3; i++) {
      assertThat(failure()).isNotNull();
    }
    server.answerCreate(Status.OK);
    server.refuseToDelete(server.created().getFirst());

    take();

    assertThat(server.deleted()).containsExactlyElementsOf(server.created().subList(1, 3));
    assertThat(server.asked()).hasSize(3);
  }

  @Test
  void givingBackEndsInTimeHoweverManyCallsAreNotAnswered() throws Exception {
    leases = givingBackWithin(Duration.ofMillis(300));
    server.start();
    server.answerCreate(Status.UNAVAILABLE);
    for (int i = 0; i < 20; i++) {
      assertThat(failure()).isNotNull();
    }
    server.answerCreate(Status.OK);
    server.answerNoDelete();

    take();

    assertThat(server.asked()).hasSizeLessThan(20);
  }
}
