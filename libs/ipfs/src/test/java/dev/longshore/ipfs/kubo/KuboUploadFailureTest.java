package dev.longshore.ipfs.kubo;

import static dev.longshore.ipfs.kubo.Failures.failure;
import static dev.longshore.ipfs.kubo.Failures.soon;
import static dev.longshore.ipfs.kubo.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node makes of an upload that it does not take, or takes slowly. */
@Timeout(30)
class KuboUploadFailureTest {
  private static final Cid CID =
      Cid.parse("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void refusesAnImportThatWasCountedOtherwise() throws IOException {
    SampleDag dag = new SampleDag(1);
    String stats = "{\"Stats\":{\"BlockCount\":1,\"BlockBytesCount\":5}}\n";
    try (ScriptedServer server = takingAnUpload(stats)) {
      KuboException e = failure(() -> server.client().importCar(dag.car(), soon()));

      assertThat(e.fault()).isEqualTo(Fault.FAILED);
      assertThat(e).hasMessageContaining("blocks=1");
    }
  }

  /** Nothing is pinned meanwhile: it would wait in vain, or fill the sockets and stall. */
  @Test
  void theTimeOfAnImportBeginsWhenACollectionDoesNotHoldItUp() throws Exception {
    Duration limit = Duration.ofMillis(300);
    Duration collection = limit.multipliedBy(3);
    var ended = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              var _ = ended.await(collection.toMillis(), TimeUnit.MILLISECONDS);
              takeAnUpload(in, out, "{\"Root\":{}}{\"Stats\":{\"BlockCount\":1}}");
            })) {
      try (HeldImport held = server.client().importHeld(soon(), limit)) {
        held.hold(SampleDag.linking(List.of(CID)));
      }
      assertThat(server.head()).contains("Expect: 100-continue");
    }
  }

  @Test
  void hearsWhyANodeDoesNotTakeAnImport() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(json(403, "no"))) {
      KuboException e = failure(() -> server.client().importHeld(soon(), soon().remaining()));

      assertThat(e.status()).isEqualTo(403);
    }
  }

  @Test
  void doesNotWaitForAnImportLongerThanItMay() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent()) {
      Deadline now = Deadline.after(Duration.ofMillis(100));
      KuboException e = failure(() -> server.client().importHeld(now, Duration.ofMinutes(1)));

      assertThat(e.fault()).isEqualTo(Fault.TIMEOUT);
    }
  }

  /** Answers once a body has ended. */
  static ScriptedServer takingAnUpload(String answer) throws IOException {
    return new ScriptedServer((in, out) -> takeAnUpload(in, out, answer));
  }

  static void takeAnUpload(InputStream in, OutputStream out, String answer) throws IOException {
    out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] end = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    int matched = 0;
    while (matched < end.length) {
      int b = in.read();
      matched = b == end[matched] ? matched + 1 : b == '\r' ? 1 : 0;
    }
    out.write(json(200, answer).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void hearsANodeThatRefusesAnUploadAtOnce() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              out.write(json(403, "403 - Forbidden").getBytes(StandardCharsets.UTF_8));
              out.flush();
              in.readNBytes(300_000);
            })) {
      KuboException e =
          failure(
              () ->
                  server
                      .client()
                      .importCar(
                          sink -> {
                            for (int i = 0; i < 2000; i++) {
                              sink.put(CID, new byte[200_000], 0, 200_000);
                            }
                          },
                          soon()));

      // The reset that follows may overtake the answer.
      assertThat(e.fault()).isIn(Fault.UNAUTHORIZED, Fault.FAILED);
    }
  }

  @Test
  void breaksAnUploadOffThatTheNodeDoesNotTake() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer((in, out) -> Thread.currentThread().join(Duration.ofSeconds(25)))) {
      KuboException e =
          failure(
              () ->
                  server
                      .client()
                      .importCar(
                          sink -> {
                            for (int i = 0; i < 2000; i++) {
                              sink.put(CID, new byte[200_000], 0, 200_000);
                            }
                          },
                          Deadline.after(SHORT)));

      assertThat(e.fault()).isEqualTo(Fault.TIMEOUT);
    }
  }

  @Test
  void doesNotBreakAnUploadOffWhoseNodeTakesItSlowly() throws Exception {
    int size = 16 << 20;
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              for (long left = size; left > 0; left -= in.readNBytes(64 << 10).length) {
                Thread.currentThread().join(Duration.ofMillis(15));
              }
              out.write(json(200, "{}").getBytes(StandardCharsets.UTF_8));
              out.flush();
              ScriptedServer.waitForEnd(in);
            })) {
      RpcExchange exchange = new RpcExchange(server.address(new RpcCredential.None()));
      RpcCall call = RpcCall.of("import blocks", "dag/import");
      try (RpcUpload upload = new RpcUpload(exchange, call, soon(), SHORT.multipliedBy(2))) {
        upload.write(new byte[size], 0, size);

        assertThat(upload.finish().only()).isEmpty();
      }
    }
  }
}
