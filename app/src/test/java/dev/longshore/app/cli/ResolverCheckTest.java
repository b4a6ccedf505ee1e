package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.app.decision.ResolverAnswer;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.TagState;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which answers say that a resolver refuses a name. */
@Timeout(30)
class ResolverCheckTest {
  private static final TagState NAME = Samples.tag("app", "1", 1);

  private final List<String> requests = new ArrayList<>();
  private HttpServer server;
  private volatile int status;
  private volatile String code = "";

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String method = exchange.getRequestMethod();
          synchronized (requests) {
            requests.add(method + " " + exchange.getRequestURI());
          }
          exchange.getResponseHeaders().add("Content-Type", NAME.mediaType());
          exchange.getResponseHeaders().add("Docker-Content-Digest", Samples.digest(1).toString());
          byte[] body =
              "{\"errors\":[{\"code\":\"%s\",\"message\":\"no\"}]}"
                  .formatted(code)
                  .getBytes(StandardCharsets.UTF_8);
          boolean head = method.equals("HEAD");
          if (head) {
            exchange.getResponseHeaders().add("Content-Length", "2");
          }
          exchange.sendResponseHeaders(status, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aForgottenNameIsRefused() {
    for (int refused : List.of(403, 404)) {
      ResolverAnswer answer = ask(refused, "DENIED");
      assertThat(answer.serves()).as("%d", refused).isEmpty();
      assertThat(answer.silent()).as("%d", refused).isEmpty();
    }
  }

  @Test
  void aServedNameIsServedAndNobodyPullsIt() {
    assertThat(ask(200, "").serves()).containsExactly(NAME.key());
    assertThat(requests).singleElement().asString().startsWith("HEAD ");
  }

  /** Without credentials, or by a proxy in between. */
  @Test
  void everyOtherAnswerSaysNothing() {
    requireSilent(401, "UNAUTHORIZED");
    requireSilent(403, "BLOCKED");
    requireSilent(405, "UNSUPPORTED");
    requireSilent(413, "DENIED");
  }

  private void requireSilent(int answered, String errorCode) {
    ResolverAnswer answer = ask(answered, errorCode);
    assertThat(answer.serves()).as("%d", answered).isEmpty();
    assertThat(answer.silent()).as("%d", answered).isPresent();
  }

  private ResolverAnswer ask(int answered, String errorCode) {
    status = answered;
    code = errorCode;
    return new ResolverCheck(new OwnResolver(config(server.getAddress().getPort())))
        .ask(List.of(NAME));
  }

  private static ResolverConfig config(int port) {
    URI nowhere = URI.create("http://127.0.0.1:1");
    return new ResolverConfig(
        new Listen("127.0.0.1", port),
        new Listen("127.0.0.1", 0),
        AccessSettings.OPEN,
        new PeerSettings("own", "here", nowhere, nowhere, List.of(), null, true, false),
        null,
        null,
        true,
        null,
        new ByteSize(0),
        Duration.ofSeconds(5),
        1,
        false);
  }
}
