package dev.longshore.ipfs.kubo;

import static dev.longshore.ipfs.kubo.Failures.failure;
import static dev.longshore.ipfs.kubo.Failures.soon;
import static dev.longshore.ipfs.kubo.ScriptedServer.chunked;
import static dev.longshore.ipfs.kubo.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the client ends when the node is broken, hostile, slow or not there. */
@Timeout(30)
class KuboClientFailureTest {
  private static final Cid CID =
      Cid.parse("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** An answer that lacks nothing but its end. */
  private static final String WHOLE =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"ID\":\"x\"}\r\n";

  @ParameterizedTest
  @CsvSource({
    "500, pin: not pinned or pinned indirectly, NOT_PINNED, false",
    "500, block was not found locally (offline): ipld: could not find x, NOT_HELD, false",
    "500, write blocks/AA: no space left on device, FULL, true",
    "500, context deadline exceeded, TIMEOUT, true",
    "500, something else, FAILED, true",
    "503, overloaded, FAILED, true",
    "429, slow down, FAILED, true",
    "400, argument \"x\" is required, REFUSED, false",
    "403, 403 - Forbidden, UNAUTHORIZED, true",
    "404, 404 page not found, GARBLED, true",
  })
  void tellsFaultsApart(int status, String message, Fault fault, boolean passes)
      throws IOException {
    String body = "{\"Message\":\"" + message.replace("\"", "\\\"") + "\",\"Code\":0}";
    try (ScriptedServer server = ScriptedServer.answering(json(status, body))) {
      KuboException e = failure(() -> server.client().id(soon()));

      assertThat(e.fault()).isEqualTo(fault);
      assertThat(e.transientFailure()).isEqualTo(passes);
      assertThat(e.status()).isEqualTo(status);
      assertThat(e.reason()).isEqualTo(message);
      assertThat(e).hasMessageContaining("identify").hasMessageContaining(message);
    }
  }

  @Test
  void reportsAnErrorThatStandsBehindTheBody() throws IOException {
    String answer = chunked("half", "X-Stream-Error: merkledag: not found locally\r\n");
    try (ScriptedServer server = ScriptedServer.answering(answer);
        Content content = server.client().open(CID, "", ByteRange.ALL, Reach.NETWORK, soon())) {
      KuboException e = failure(() -> content.stream().readAllBytes());

      assertThat(e.fault()).isEqualTo(Fault.NOT_HELD);
      assertThat(e.reason()).isEqualTo("merkledag: not found locally");
    }
  }

  @Test
  void readsErrorsAsUtf8() throws IOException {
    String answer = chunked("half", "X-Stream-Error: open /ä/€: no such file\r\n");
    try (ScriptedServer server = ScriptedServer.answering(answer);
        Content content = server.client().open(CID, "", ByteRange.ALL, Reach.NETWORK, soon())) {
      KuboException e = failure(() -> content.stream().readAllBytes());

      assertThat(e.reason()).isEqualTo("open /ä/€: no such file");
    }
  }

  @Test
  void doesNotTakeAListForWholeWhenAnErrorFollows() throws IOException {
    String line = "{\"Cid\":\"" + CID + "\",\"Name\":\"n\",\"Type\":\"recursive\"}\n";
    try (ScriptedServer server =
        ScriptedServer.answering(chunked(line, "X-Stream-Error: datastore closed\r\n"))) {
      KuboException e = failure(() -> server.client().pins(pin -> {}, soon()));

      assertThat(e.fault()).isEqualTo(Fault.FAILED);
      assertThat(e.reason()).isEqualTo("datastore closed");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 000 X\r\n\r\n",
        "HTTP/-1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html></>",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
      })
  void refusesGarbage(String answer) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(answer)) {
      assertThat(failure(() -> server.client().id(soon())).fault()).isEqualTo(Fault.GARBLED);
    }
  }

  static List<String> answersThatTheirErrorsQuote() {
    String noise = "x" + "\u0001".repeat(15_000) + "x";
    return List.of(
        "HTTP/1.1 200 OK\r\nContent-Length: " + noise + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + noise + "\r\n",
        json(500, noise),
        json(500, "{\"Message\":\"\\ud83d\\u0001\\u0085x\"}"),
        json(500, "{\"Message\":\"" + "x".repeat(499) + "\\ud83d\\ude00\"}"));
  }

  @ParameterizedTest
  @MethodSource("answersThatTheirErrorsQuote")
  void quotesNoMoreOfAnAnswerThanARecordTakes(String answer) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(answer)) {
      String reason = failure(() -> server.client().id(soon())).reason();

      assertThat(reason.length()).isLessThan(520);
      assertThat(reason).doesNotContainPattern("\\p{Cc}");
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(reason)).isTrue();
    }
  }

  @Test
  void doesNotForgetThatTheEndOfABodyWasMalformed() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(chunked("half", "no colon\r\n"));
        Content content = server.client().open(CID, "", ByteRange.ALL, Reach.NETWORK, soon())) {
      for (int i = 0; i < 2; i++) {
        KuboException e = failure(() -> content.stream().readAllBytes());

        assertThat(e.fault()).isEqualTo(Fault.GARBLED);
      }
    }
  }

  @Test
  void reportsARefusalWhoseTextIsCutOff() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering("HTTP/1.1 403 X\r\nContent-Length: 50\r\n\r\nForbidden.")) {
      KuboException e = failure(() -> server.client().id(soon()));

      assertThat(e.fault()).isEqualTo(Fault.UNAUTHORIZED);
      assertThat(e.status()).isEqualTo(403);
      assertThat(e.reason()).isEqualTo("Forbidden.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X-Content-Length: many\r\n"})
  void hangsUpOnAFileOfNoLength(String field) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              out.write(("HTTP/1.1 200 OK\r\n" + field + "\r\n").getBytes(StandardCharsets.UTF_8));
              out.flush();
              ScriptedServer.waitForEnd(in);
            })) {
      KuboException e =
          failure(() -> server.client().open(CID, "", ByteRange.ALL, Reach.NETWORK, soon()));

      assertThat(e.fault()).isEqualTo(Fault.GARBLED);
      assertThat(server.over.await(10, TimeUnit.SECONDS)).as("the request is ended").isTrue();
    }
  }

  @Test
  void passesOverInterimAnswers() throws IOException {
    String interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10);
    try (ScriptedServer server = ScriptedServer.answering(interim + json(200, "{\"Key\":\"x\"}"))) {
      assertThat(server.client().holds(CID, soon())).isTrue();
    }
  }

  @Test
  void readsNoEndlessInterimAnswers() throws IOException {
    String interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(11);
    try (ScriptedServer server = ScriptedServer.answering(interim + json(200, "{\"Key\":\"x\"}"))) {
      assertThat(failure(() -> server.client().holds(CID, soon())).fault())
          .isEqualTo(Fault.GARBLED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 500 X\r\nContent-Length: 1000\r\n\r\n"})
  void doesNotWaitForAFileWhoseBeginningTrickles(String begin) throws IOException {
    AtomicBoolean wasHeardOut = new AtomicBoolean();
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              out.write(begin.getBytes(StandardCharsets.UTF_8));
              for (int i = 0; i < 200; i++) {
                out.write('x');
                out.flush();
                Thread.currentThread().join(Duration.ofMillis(20));
              }
              wasHeardOut.set(true);
            })) {
      failure(
          () -> server.client().open(CID, "", ByteRange.ALL, Reach.NETWORK, Deadline.after(SHORT)));

      assertThat(wasHeardOut).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ID\":\"12D",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{\"ID\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"I\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nServer: x\r\n",
        WHOLE + "0\r\n",
        WHOLE + "0\r\nX-Stream-Er",
        WHOLE + "0\r\nServer: x\r\n",
      })
  void noticesAnAnswerThatIsCutOff(String answer) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(answer)) {
      assertThat(failure(() -> server.client().id(soon())).fault()).isEqualTo(Fault.FAILED);
    }
  }

  @Test
  void readsNoEndlessHeader() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            (in, out) -> {
              byte[] filler = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
              for (int i = 0; i < 1000; i++) {
                out.write(filler);
              }
            })) {
      assertThat(failure(() -> server.client().id(soon())).fault()).isEqualTo(Fault.GARBLED);
    }
  }

  @Test
  void givesUpAtTheDeadline() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent()) {
      assertThat(failure(() -> server.client().id(Deadline.after(SHORT))).fault())
          .isEqualTo(Fault.TIMEOUT);
    }
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port);
    KuboClient client =
        new KuboClient(new KuboAddress("peer-a", uri, uri, new RpcCredential.None()));

    assertThat(failure(() -> client.id(soon())).fault()).isEqualTo(Fault.UNREACHABLE);
    assertThat(failure(() -> client.open(CID, "", ByteRange.ALL, Reach.LOCAL, soon())).fault())
        .isEqualTo(Fault.UNREACHABLE);
  }

  @Test
  void sendsCredentialsAndNeverShowsThem() throws Exception {
    RpcCredential secret = new RpcCredential.Basic("user", "hunter2");
    try (ScriptedServer server = ScriptedServer.answering(json(403, "403 - Forbidden"))) {
      KuboException e = failure(() -> server.client(secret).id(soon()));

      assertThat(server.head()).contains("\r\nAuthorization: Basic dXNlcjpodW50ZXIy\r\n");
      assertThat(e.fault()).isEqualTo(Fault.UNAUTHORIZED);
      assertThat(e.toString() + secret + new RpcCredential.Bearer("hunter2"))
          .doesNotContain("hunter2")
          .doesNotContain("dXNlcjpodW50ZXIy");
    }
  }

  @Test
  void refusesCredentialsThatWouldAddHeaders() {
    assertThatThrownBy(() -> new RpcCredential.Bearer("a\r\nX: y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("X: y");
    assertThatThrownBy(
            () ->
                new KuboAddress(
                    "n",
                    URI.create("http://me:pw@host"),
                    URI.create("http://host"),
                    new RpcCredential.None()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("pw");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Root':{'PinErrorMsg':'context deadline exceeded'}} {'Stats':{'BlockCount':1}} | TIMEOUT",
        "{'Root':{'PinErrorMsg':'block was not found locally'}} | NOT_HELD",
        "{'Root':{'PinErrorMsg':''}} {'Stats':{'BlockCount':7}} | FAILED",
        "{'Stats':{'BlockCount':1}} | FAILED",
        "{'Root':{'PinErrorMsg':''}} | FAILED",
      })
  void holdsNothingUnlessTheNodeSaysSo(String answer, Fault fault) throws IOException {
    Block holder = SampleDag.linking(List.of(CID));
    try (ScriptedServer server = KuboUploadFailureTest.takingAnUpload(answer.replace('\'', '"'))) {
      KuboException e =
          failure(
              () -> {
                try (HeldImport held = server.client().importHeld(soon(), soon().remaining())) {
                  held.hold(holder);
                }
              });

      assertThat(e.fault()).isEqualTo(fault);
      assertThat(e).hasMessageContaining("import blocks and hold them");
    }
  }

  @Test
  void refusesBlocksOfOtherBytesAndOfAnyLength() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(json(200, "hullo\n"))) {
      assertThatThrownBy(() -> server.client().block(CID, Reach.LOCAL, soon()))
          .isInstanceOf(BadBlockException.class)
          .hasMessageContaining(CID.toString());
    }
    try (ScriptedServer server = ScriptedServer.answering(json(200, "x".repeat(2_097_153)))) {
      assertThat(failure(() -> server.client().block(CID, Reach.LOCAL, soon())).fault())
          .isEqualTo(Fault.GARBLED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, NOT_HELD",
    "412, NOT_HELD",
    "301, REFUSED",
    "500, FAILED",
    "503, FAILED",
    "206, FAILED",
  })
  void tellsTheGatewaysRefusalsApart(int status, Fault fault) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(json(status, "why not"))) {
      assertThat(
              failure(() -> server.client().open(CID, "", ByteRange.ALL, Reach.LOCAL, soon()))
                  .fault())
          .isEqualTo(fault);
    }
  }

  @Test
  void noticesAGatewayThatSendsLessThanItSaid() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        Content content = server.client().open(CID, "", ByteRange.ALL, Reach.LOCAL, soon())) {
      assertThat(failure(() -> content.stream().readAllBytes()).fault()).isEqualTo(Fault.FAILED);
    }
  }

  @Test
  void givesAGatewayReadUpWhenNothingComes() throws IOException {
    try (ScriptedServer server =
            new ScriptedServer(
                (in, out) -> {
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
                          .getBytes(StandardCharsets.UTF_8));
                  out.flush();
                  ScriptedServer.waitForEnd(in);
                });
        Content content =
            server
                .client()
                .open(CID, "", ByteRange.ALL, Reach.LOCAL, Deadline.after(Duration.ofSeconds(2)))) {
      assertThat(failure(() -> content.stream().readAllBytes()).fault()).isEqualTo(Fault.TIMEOUT);
    }
  }
}
