package dev.longshore.runtime.service.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.runtime.edge.access.Credentials;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;

class LoggingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final Span SPAN =
      Span.wrap(
          SpanContext.create(
              TRACE, "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault()));

  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Logger log = context.getLogger("dev.longshore.watcher.Observe");

  LoggingTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  private void configure(LogFormat form, LogLevel level, String... secrets) {
    Redaction redaction = new Redaction(List.of(secrets).stream().map(Secret::new).toList());
    Logging.configure(context, form, level, redaction, out);
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainLinesNameTheirTrace() {
    configure(LogFormat.PLAIN, LogLevel.INFO);
    log.info("saw {}", "v1");
    try (Scope _ = SPAN.makeCurrent()) {
      log.warn("slow");
    }
    assertThat(written().lines())
        .hasSize(2)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z INFO  Observe - saw v1"),
            line -> assertThat(line).endsWith("WARN  Observe - slow trace=" + TRACE));
  }

  @Test
  void whatComesFromOutsideCannotForgeALine() {
    configure(LogFormat.PLAIN, LogLevel.INFO);
    log.info("tag {}", "v1\n2026-01-01T00:00:00.000Z ERROR Fake - all is lost\r");
    assertThat(written().lines()).hasSize(1);
  }

  @Test
  void jsonLinesHoldTraceAndSpanAndTheWholeError() throws IOException {
    configure(LogFormat.JSON, LogLevel.DEBUG);
    try (Scope _ = SPAN.makeCurrent()) {
      log.error("no \"answer\"", new IOException("reset"));
    }
    log.debug("plain");
    List<String> lines = written().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode line = new ObjectMapper().readTree(lines.getFirst());
    assertThat(line.path("level").asText()).isEqualTo("ERROR");
    assertThat(line.path("logger").asText()).isEqualTo("dev.longshore.watcher.Observe");
    assertThat(line.path("message").asText()).isEqualTo("no \"answer\"");
    assertThat(line.path("trace_id").asText()).isEqualTo(TRACE);
    assertThat(line.path("span_id").asText()).isEqualTo("b7ad6b7169203331");
    assertThat(line.path("error").asText())
        .startsWith("java.io.IOException: reset")
        .contains("LoggingTest");
    assertThat(new ObjectMapper().readTree(lines.getLast()).has("trace_id")).isFalse();
  }

  @Test
  void theLevelIsMindedAndTalkativeLibrariesAreQuiet() {
    configure(LogFormat.PLAIN, LogLevel.INFO);
    log.debug("hidden");
    context.getLogger("org.apache.kafka.clients.NetworkClient").info("hidden");
    context.getLogger("org.apache.kafka.clients.NetworkClient").warn("shown");
    assertThat(written()).contains("shown").doesNotContain("hidden");
    out.reset();
    configure(LogFormat.PLAIN, LogLevel.DEBUG);
    context.getLogger("org.apache.kafka.clients.NetworkClient").info("shown");
    assertThat(written()).contains("shown");
  }

  @Test
  void theHttpClientTellsItsLifeAtNoLevel() {
    configure(LogFormat.PLAIN, LogLevel.TRACE);
    context.getLogger("org.apache.hc.client5.http.impl.classic.MainClientExec").debug("?sig=abc");
    context.getLogger("org.apache.hc.client5.http.headers").trace("Bearer abc");
    assertThat(written()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void secretsAreNeverWritten(LogFormat form) {
    configure(form, LogLevel.INFO, "hunter2", "hunter2-longer");
    Secret secret = new Secret("hunter2");
    log.info("{}", new Credentials.Basic("me", secret));
    log.info("sent {} and hunter2-longer", secret.reveal());
    log.info("Authorization: Basic bWU6aHVudGVyMw==");
    log.info("GET http://me:hunter4@registry.example/v2/", new IOException("refused hunter2"));
    assertThat(written())
        .doesNotContain("hunter", "longer", "bWU6aHVudGVyMw")
        .contains("sent *** and ***", "http://***@registry.example/v2/", "refused ***");
  }

  @Test
  void aSecretThatChangedIsHiddenAsItIsAndAsItWas(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "hunter2");
    Path config = Files.writeString(folder.resolve("c.yaml"), "secret-file: " + file);
    Loaded<Hidden> loaded =
        new ConfigLoader<>(Hidden.class).load(new ConfigSources(config, Map.of(), List.of()));
    Redaction redaction = new Redaction(loaded.secrets());
    assertThat(redaction.apply("was hunter2")).isEqualTo("was ***");

    Files.writeString(file, "n3wsecret");
    Eventually.await("the new one", () -> loaded.settings().secret().reveal().equals("n3wsecret"));

    assertThat(redaction.apply("hunter2 became n3wsecret")).isEqualTo("*** became ***");
  }

  record Hidden(@Setting(doc = "a secret") Secret secret) {}

  @ParameterizedTest
  @CsvSource({
    "Bearer eyJhbGciOi.eyJ.sig, Bearer ***",
    "authorization: bearer abcdefgh, authorization: bearer ***",
    "BEARER abcdefgh, BEARER ***",
    "xBasic abcdefgh Basic abcdefgh, xBasic abcdefgh Basic ***",
    "basic facts, basic facts",
    "at FTP+s://me:pass@host, at FTP+s://***@host",
    "://me@host, ://me@host",
    "https://host/a@b, https://host/a@b",
    "a token 1, a token 1",
  })
  void whatLooksLikeACredentialIsTakenOut(String text, String shown) {
    assertThat(new Redaction(List.of(new Secret("a"))).apply(text)).isEqualTo(shown);
  }
}
