package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service whose parts are killed says so, and is ready again with them. */
@InTurn(SharedTurn.PARTS)
class HealthIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();
  private final HttpClient client = HttpClient.newHttpClient();

  private record Answer(int status, JsonNode body) {
    /** Why a part does not work; empty if it does. */
    String cause(String part) {
      for (JsonNode one : body.get("parts")) {
        if (one.get("part").asText().equals(part)) {
          return one.path("cause").asText("");
        }
      }
      throw new AssertionError("no part " + part + " in " + body);
    }
  }

  @Test
  void readyFollowsKafkaAndKuboDownAndUp() throws Exception {
    LongshoreProcess kafka = service("kafka");
    LongshoreProcess kubo = service("kubo-1");
    try (LongshoreProcess _ = topicsAndConverter()) {
      Answer ready = await("ready", answer -> answer.status() == 200);
      assertThat(ready.body().get("status").asText()).isEqualTo("ready");
      assertThat(ready.body().get("parts").findValuesAsText("part"))
          .contains("catalog", "converter", "ingest peer peer-1");
      assertThat(OperationsTest.missing(get("/metrics").body())).isEmpty();

      refusesAFileWithAMistakeUntilItIsPutRight();

      kubo.kill();
      // A commit that meets the first rebalance is reported too, until the next one.
      Answer withoutKubo =
          await("the peer alone", a -> a.status() == 503 && a.cause("converter").isEmpty());
      assertThat(withoutKubo.cause("ingest peer peer-1")).contains("peer-1");
      kubo = service("kubo-1");
      await("ready", answer -> answer.status() == 200);

      kafka.kill();
      Answer withoutKafka =
          await("both know", a -> !a.cause("catalog").isEmpty() && !a.cause("converter").isEmpty());
      assertThat(withoutKafka.status()).isEqualTo(503);
      assertThat(withoutKafka.cause("catalog")).contains("127.0.0.1:" + ports.kafka());
      assertThat(withoutKafka.cause("converter")).contains("Kafka");
      assertThat(withoutKafka.cause("ingest peer peer-1")).isEmpty();
      kafka = service("kafka");
      await("ready", answer -> answer.status() == 200);
    } finally {
      kubo.close();
      kafka.close();
    }
  }

  private void refusesAFileWithAMistakeUntilItIsPutRight() throws IOException {
    Path config = new DevelopmentHome(folder.resolve("home")).config();
    String right = Files.readString(config);
    Files.writeString(config, right + "\nrules: [{copies: many}]\n");
    Eventually.await("the refusal", () -> isOutdated("refused", 1));

    Files.writeString(config, right);
    Eventually.await("the use", () -> isOutdated("refused", 0));
  }

  private boolean isOutdated(String reason, int value) {
    return get("/metrics")
        .body()
        .lines()
        .anyMatch(
            line ->
                line.startsWith("longshore_settings_outdated")
                    && line.contains("reason=\"" + reason + "\"")
                    && line.matches(".* " + value + "(\\.0)?"));
  }

  private LongshoreProcess service(String name) throws IOException, InterruptedException {
    LongshoreProcess process =
        LongshoreProcess.start(
            folder.resolve("home"),
            "service",
            name,
            "--port-offset",
            String.valueOf(ports.offset()));
    process.awaitOutput(name + " is ready", LIMIT);
    return process;
  }

  private LongshoreProcess topicsAndConverter() throws Exception {
    Ended topics = HomeCommand.run(folder.resolve("home"), LIMIT, "topics", "--create");
    assertThat(topics.exitCode()).as(topics.err()).isZero();
    LongshoreProcess converter =
        LongshoreProcess.start(folder.resolve("home"), "service", "converter");
    converter.awaitOutput("converter is ready", LIMIT);
    return converter;
  }

  /** Asks until the answer is as expected; meanwhile liveness must hold. */
  private Answer await(String what, Predicate<Answer> expected) {
    AtomicReference<Answer> last = new AtomicReference<>();
    Eventually.await(
        what,
        () -> {
          assertThat(get("/health/live").statusCode()).isEqualTo(200);
          last.set(ready());
          return expected.test(last.get());
        });
    return last.get();
  }

  private Answer ready() {
    HttpResponse<String> response = get("/health/ready");
    try {
      return new Answer(response.statusCode(), new ObjectMapper().readTree(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> get(String path) {
    URI uri = URI.create("http://127.0.0.1:" + ports.health() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this test", e);
    }
  }
}
