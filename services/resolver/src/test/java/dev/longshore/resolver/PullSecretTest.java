package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.TokensOfTests;
import dev.longshore.runtime.edge.access.AccessSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A runtime may show a mirror the secret of the registry that it mirrors. The resolver has no use
 * for it: nobody else learns of it.
 */
class PullSecretTest {
  private static final String SECRET = "pull-s3cret-of-a-pod";
  private static final String SHOWN =
      Base64.getEncoder().encodeToString(("robot:" + SECRET).getBytes(StandardCharsets.UTF_8));

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level level = root.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  @TempDir Path folder;
  private Edge edge;
  private MirroredImage image;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    image = edge.mirror(1);
    edge.states.tag("registry.test/team/app", "v1", image.digest().toString());
    log.start();
    root.addAppender(log);
    // Whatever anyone may turn on.
    root.setLevel(Level.TRACE);
  }

  @AfterEach
  void stop() throws Exception {
    root.setLevel(level);
    root.detachAppender(log);
    edge.close();
  }

  private void pull(RunningResolver resolver, int status) throws Exception {
    String blob = image.image().blobs().keySet().iterator().next();
    for (String authorization : List.of("Basic " + SHOWN, "Bearer " + SECRET)) {
      for (String path :
          List.of(
              "/v2/",
              "/v2/team/app/manifests/v1?ns=registry.test",
              "/v2/team/app/blobs/" + blob + "?ns=registry.test",
              "/v2/team/app/manifests/none?ns=registry.test")) {
        var answer = resolver.get(path, "Authorization", authorization);
        int expected = path.contains("none") && status == 200 ? 404 : status;
        assertThat(answer.statusCode()).as(path).isEqualTo(expected);
        assertThat(
                answer.headers().map().toString()
                    + new String(answer.body(), StandardCharsets.UTF_8))
            .doesNotContain(SECRET, SHOWN);
      }
    }
  }

  private void assertKeptNowhere(RunningResolver ended) {
    assertThat(log.list).isNotEmpty();
    for (ILoggingEvent event : List.copyOf(log.list)) {
      String thrown =
          event.getThrowableProxy() == null
              ? ""
              : ThrowableProxyUtil.asString(event.getThrowableProxy());
      assertThat(event.getFormattedMessage() + event.getMDCPropertyMap() + thrown)
          .doesNotContain(SECRET, SHOWN);
    }
    assertThat(ended.audited.toString()).doesNotContain(SECRET, SHOWN);
    assertThat(ended.spans.all().toString()).doesNotContain(SECRET, SHOWN);
  }

  @Test
  void aResolverThatAsksForNoCredentialServesAndForgetsIt() throws Exception {
    RunningResolver resolver =
        new RunningResolver(
            folder.resolve("home"), edge.catalog, edge.own, AccessSettings.OPEN, false, List.of());
    try (resolver) {
      pull(resolver, 200);
    }
    assertThat(resolver.spans.all()).isNotEmpty();
    assertKeptNowhere(resolver);
  }

  @Test
  void aResolverWithCallersOfItsOwnRefusesAndForgetsIt() throws Exception {
    String tokens =
        "tokens: [{name: edge, sha256: %s, scopes: [pull], repositories: [team/*]}]"
            .formatted(TokensOfTests.hash("another"));
    RunningResolver resolver = RunningResolver.withTokens(folder, edge, tokens, List.of());
    try (resolver) {
      pull(resolver, 401);
    }
    assertThat(resolver.audited).isNotEmpty();
    assertKeptNowhere(resolver);
  }
}
