package dev.longshore.resolver.site.hub;

import static dev.longshore.resolver.site.hub.RawHub.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.hub.RawHub.Answers;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Leaves;
import dev.longshore.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of a site over a line that does what lines do. */
@Timeout(30)
class HubConnectionsTest {
  private static final ImageDag DAG =
      new ImageDag(Cid.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"));
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final TestAuthority authority = new TestAuthority("hub");

  private RawHub hub(Answers answers) throws Exception {
    return new RawHub(authority.server(), answers);
  }

  private HubClient client(RawHub hub) throws Exception {
    return client(hub.address(), authority.believing(), Map.of());
  }

  private static HubClient client(URI hub, SSLContext tls, Map<String, String> environment) {
    return new HubClient(
        hub, new SiteName("shop"), tls, new EnvironmentProxies(environment), _ -> {});
  }

  private static InputStream leaves(HubClient client, Duration stall) throws Exception {
    return client.leaves("secret", DAG, new Leaves(List.of(new Leaves.Range(0, 1))), stall);
  }

  private static String read(HubClient client) throws Exception {
    try (InputStream in = leaves(client, LONG)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void anAnswerThatWasReadLeavesItsConnectionToTheNext() throws Exception {
    Answers answers =
        (number, out) -> {
          say(out, number == 1 ? HEAD + "first" : CHUNKED + "3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n");
          return true;
        };
    try (RawHub hub = hub(answers);
        HubClient client = client(hub)) {
      assertThat(read(client)).isEqualTo("first");
      assertThat(read(client)).isEqualTo("second");
      assertThat(hub.connections).hasValue(1);
    }
  }

  @Test
  void aConnectionThatTheHubClosedMeanwhileIsNotUsed() throws Exception {
    try (RawHub hub =
            hub(
                (_, out) -> {
                  say(out, HEAD + "first");
                  return false;
                });
        HubClient client = client(hub)) {
      assertThat(read(client)).isEqualTo("first");
      Eventually.await("it is closed", () -> readsAnew(client));
      assertThat(hub.connections.get()).isGreaterThan(1);
    }
  }

  private static boolean readsAnew(HubClient client) {
    try {
      return read(client).equals("first");
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void whatComesWithoutBeingAskedForIsNoAnswer() throws Exception {
    Answers answers =
        (number, out) -> {
          say(out, HEAD + (number == 1 ? "first" + HEAD + "wrong" : "right"));
          return true;
        };
    try (RawHub hub = hub(answers);
        HubClient client = client(hub)) {
      assertThat(read(client)).isEqualTo("first");
      assertThat(read(client)).isEqualTo("right");
    }
  }

  @Test
  void anAnswerThatIsGivenUpEndsItsConnection() throws Exception {
    Answers answers =
        (number, out) -> {
          say(out, HEAD + (number == 1 ? "fi" : "whole"));
          return true;
        };
    try (RawHub hub = hub(answers);
        HubClient client = client(hub)) {
      try (InputStream in = leaves(client, LONG)) {
        assertThat(in.readNBytes(2)).hasSize(2);
      }
      assertThat(read(client)).isEqualTo("whole");
      assertThat(hub.connections).hasValue(2);
    }
  }

  @Test
  void aLineThatIsCutIsNoFaultOfWhatItBrought() throws Exception {
    for (String cut : List.of(HEAD + "fir", CHUNKED + "5\r\nfir", CHUNKED + "3\r\nfir\r\n")) {
      try (RawHub hub =
              hub(
                  (_, out) -> {
                    say(out, cut);
                    return false;
                  });
          HubClient client = client(hub);
          InputStream in = leaves(client, LONG)) {
        assertThat(in.readNBytes(3)).hasSize(3);
        assertThatThrownBy(in::read)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(EOFException.class)
            .hasMessageContaining("cut off");
      }
    }
  }

  @Test
  void anAnswerThatStopsEnds() throws Exception {
    try (RawHub hub =
            hub(
                (_, out) -> {
                  say(out, HEAD + "fir");
                  return true;
                });
        HubClient client = client(hub);
        InputStream in = leaves(client, SHORT)) {
      assertThat(in.readNBytes(3)).hasSize(3);
      assertThatThrownBy(in::read).hasMessage("no byte for " + SHORT);
    }
  }

  @Test
  void aHeadThatDoesNotComeEndsInItsTime() throws Exception {
    try (RawHub hub = hub((_, _) -> true);
        HubConnections connections = connections(hub)) {
      assertThatThrownBy(
              () -> connections.send(new BasicClassicHttpRequest("GET", "/v1/some"), SHORT))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("no answer within " + SHORT);
    }
  }

  @Test
  void aHeadThatComesByteByByteEndsInItsTimeToo() throws Exception {
    Answers dribble =
        (_, out) -> {
          say(out, "HTTP/1.1 200 OK\r\nX: ");
          for (int i = 0; i < 500; i++) {
            say(out, "a");
            TimeUnit.MILLISECONDS.sleep(20);
          }
          return true;
        };
    try (RawHub hub = hub(dribble);
        HubConnections connections = connections(hub)) {
      assertThatThrownBy(
              () -> connections.send(new BasicClassicHttpRequest("GET", "/v1/some"), SHORT))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aHubThatNeverEndsItsHandshakeIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HubConnections connections =
            new HubConnections(
                URI.create("https://127.0.0.1:" + silent.getLocalPort()),
                authority.believing().getSocketFactory(),
                new EnvironmentProxies(Map.of()))) {
      assertThatThrownBy(
              () -> connections.send(new BasicClassicHttpRequest("GET", "/v1/some"), SHORT))
          .isInstanceOf(NoConnectionException.class)
          .hasMessage("no connection within " + SHORT);
    }
  }

  private HubConnections connections(RawHub hub) throws Exception {
    return new HubConnections(
        hub.address(), authority.believing().getSocketFactory(), new EnvironmentProxies(Map.of()));
  }

  @Test
  void anInterruptEndsACallOnEachKindOfThread() throws Exception {
    for (Thread.Builder kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      CountDownLatch asked = new CountDownLatch(1);
      try (RawHub hub =
              hub(
                  (_, _) -> {
                    asked.countDown();
                    return true;
                  });
          HubClient client = client(hub)) {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread caller =
            kind.start(
                () -> {
                  try (InputStream in = leaves(client, LONG)) {
                    ended.complete(new AssertionError("an answer: " + in));
                  } catch (Exception e) {
                    ended.complete(e);
                  }
                });
        asked.await();
        caller.interrupt();
        assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      }
    }
  }

  @Test
  void closingTheClientEndsWhatWaits() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (RawHub hub =
        hub(
            (_, _) -> {
              asked.countDown();
              return true;
            })) {
      HubClient client = client(hub);
      FutureTask<String> waits = new FutureTask<>(() -> read(client));
      Thread.ofVirtual().start(waits);
      asked.await();
      client.close();
      assertThatThrownBy(() -> waits.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(HubException.class);
      assertThatThrownBy(() -> read(client)).hasMessageContaining("stops");
    }
  }

  @Test
  void nothingIsSentToAHubThatAnotherAuthorityVouchesFor() throws Exception {
    try (RawHub hub = hub((_, _) -> true);
        HubClient client = client(hub.address(), new TestAuthority("liar").believing(), Map.of())) {
      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              HubException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AWAY));
      assertThat(hub.requests).isEmpty();
    }
  }

  @Test
  void nothingIsSentToAHubOfAnotherName() throws Exception {
    try (RawHub hub = new RawHub(authority.server("elsewhere.test"), (_, _) -> true);
        HubClient client = client(hub)) {
      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              HubException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AWAY));
      assertThat(hub.requests).isEmpty();
    }
  }

  @Test
  void nobodyThereIsAway() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    try (HubClient client =
        client(URI.create("https://127.0.0.1:" + port), authority.believing(), Map.of())) {
      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              HubException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AWAY));
    }
  }

  @Test
  void aProxyThatDoesNotReachTheHubIsNoAnswerOfTheHub() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HubClient client =
            client(
                URI.create("https://hub.test:8443"),
                authority.believing(),
                Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort()))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket near = proxy.accept()) {
                  say(near.getOutputStream(), "HTTP/1.1 504 Gateway Timeout\r\n\r\n");
                  near.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  // The test is over.
                }
              });
      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              HubException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AWAY))
          .hasMessageContaining("the proxy answers 504 to CONNECT hub.test:8443");
    }
  }

  @Test
  void whatIsReadAfterItWasClosedIsNotItsEnd() throws Exception {
    try (RawHub hub =
            hub(
                (_, out) -> {
                  say(out, HEAD + "first");
                  return true;
                });
        HubClient client = client(hub)) {
      InputStream in = leaves(client, LONG);
      assertThat(in.readNBytes(2)).hasSize(2);
      in.close();
      assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void changesThatWereReadLeaveTheirConnectionToTheNext() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("lines".getBytes(StandardCharsets.UTF_8));
    }
    Answers answers =
        (_, out) -> {
          say(
              out,
              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
          say(out, Integer.toHexString(zipped.size()) + "\r\n");
          out.write(zipped.toByteArray());
          say(out, "\r\n0\r\n\r\n");
          return true;
        };
    try (RawHub hub = hub(answers);
        HubClient client = client(hub)) {
      for (int i = 0; i < 3; i++) {
        try (InputStream in = client.changes("secret", "c1", Duration.ZERO, "nonce", null)) {
          assertThat(in.readAllBytes()).asString().isEqualTo("lines");
        }
      }
      assertThat(hub.connections).hasValue(1);
    }
  }

  @Test
  void aTunnelOfAProxyLeadsToTheHubOfThatName() throws Exception {
    try (RawHub hub =
            new RawHub(
                authority.server("hub.test"),
                (_, out) -> {
                  say(out, HEAD + "first");
                  return true;
                });
        ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HubClient client =
            client(
                URI.create("https://hub.test:8443"),
                authority.believing(),
                Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort()))) {
      FutureTask<String> asked = new FutureTask<>(() -> tunnel(proxy, hub.port()));
      Thread.ofVirtual().start(asked);
      assertThat(read(client)).isEqualTo("first");
      assertThat(read(client)).isEqualTo("first");
      assertThat(asked.get(10, TimeUnit.SECONDS)).startsWith("CONNECT hub.test:8443 HTTP/1.1");
      assertThat(hub.connections).hasValue(1);
    }
  }

  /** Lets one connection through; returns the head of its request. */
  private static String tunnel(ServerSocket proxy, int to) throws IOException {
    Socket near = proxy.accept();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) near.getInputStream().read());
    }
    Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
    say(near.getOutputStream(), "HTTP/1.1 200 Connection established\r\n\r\n");
    copy(near, far);
    copy(far, near);
    return head.toString();
  }

  private static void copy(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                // One of both is gone.
              }
            });
  }
}
