package dev.longshore.ipfs.kubo;

import static dev.longshore.ipfs.kubo.Failures.failure;
import static dev.longshore.ipfs.kubo.Failures.soon;
import static dev.longshore.ipfs.kubo.ScriptedServer.chunked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pins that a node does not confirm. */
@Timeout(30)
class KuboPinFailureTest {
  private static final Cid CID =
      Cid.parse("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void givesAPinUpWhenItsCountStands() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.pinning(
            (in, out) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      .getBytes(StandardCharsets.UTF_8));
              while (true) {
                out.write(
                    "1f\r\n{\"Progress\":3,\"Bytes\":900000}\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.currentThread().join(Duration.ofMillis(20));
              }
            })) {
      KuboException e =
          failure(() -> server.client().pin(CID, "n", SHORT, soon(), PinProgress.NONE));

      assertThat(e.fault()).isEqualTo(Fault.STALLED);
      assertThat(e).hasMessageContaining("after 3");
      assertThat(server.over.await(10, TimeUnit.SECONDS)).as("the request is ended").isTrue();
    }
  }

  @Test
  void givesAPinUpWhenTheNodeIsSilent() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.pinning(
            (in, out) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      .getBytes(StandardCharsets.UTF_8));
              out.flush();
              ScriptedServer.waitForEnd(in);
            })) {
      KuboException e =
          failure(() -> server.client().pin(CID, "n", SHORT, soon(), PinProgress.NONE));

      assertThat(e.fault()).isEqualTo(Fault.STALLED);
      assertThat(server.over.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void givesAPinUpWhenTheNodeIsSilentBeforeIt() throws Exception {
    try (ScriptedServer server = ScriptedServer.silent()) {
      KuboException e =
          failure(() -> server.client().pin(CID, "n", SHORT, soon(), PinProgress.NONE));

      assertThat(e.fault()).isEqualTo(Fault.STALLED);
      assertThat(server.over.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void doesNotTakeAnEndedStreamForAPin() throws IOException {
    String progress = "{\"Progress\":3,\"Bytes\":900000}\n";
    try (ScriptedServer server =
        ScriptedServer.pinning(
            (in, out) -> out.write(chunked(progress, "").getBytes(StandardCharsets.UTF_8)))) {
      assertThat(
              failure(() -> server.client().pin(CID, "n", SHORT, soon(), PinProgress.NONE)).fault())
          .isEqualTo(Fault.GARBLED);
    }
  }

  @Test
  void breaksOffOnAPlatformThreadThatIsInterrupted() throws Exception {
    try (ScriptedServer server = ScriptedServer.silent()) {
      FutureTask<KuboException> call =
          new FutureTask<>(() -> failure(() -> server.client().id(soon())));
      Thread thread = Thread.ofPlatform().start(call);
      assertThat(server.head()).startsWith("POST /api/v0/id?timeout=");
      thread.interrupt();

      assertThat(call.get(10, TimeUnit.SECONDS).fault()).isEqualTo(Fault.CANCELLED);
      assertThat(server.over.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
