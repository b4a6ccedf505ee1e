package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What health says of a process whose Kafka nobody has called yet. */
@Timeout(60)
class ServiceProcessTest {
  @TempDir Path folder;
  private ServiceProcess process;
  private HttpEdge health;

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("longshore.yaml");
    Files.writeString(
        file,
        "home: %s%nhealth: {listen: \"127.0.0.1:0\"}%nkafka: {bootstrap-servers: [\"127.0.0.1:1\"]}%n"
            .formatted(folder));
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(file, Map.of(), List.of()))
            .settings();
    process =
        new ServiceProcess(
            FollowedSettings.fixed(settings), Set.of(ServiceName.PINNER), false, List.of());
    process.listen(List.of());
    health = (HttpEdge) process.parts().getLast();
    health.start();
  }

  @AfterEach
  void stop() throws Exception {
    health.stop(Duration.ZERO);
    process.vertx().close().await();
    process.context().catalog().close();
  }

  @Test
  void aLocalStoreThatCannotBeUsedMakesItUnready() {
    assertThat(ready().statusCode()).isEqualTo(200);

    process.context().endpoints().failed(Handler.STORE, "database or disk is full", null);

    Eventually.await("the trouble", () -> ready().statusCode() == 503);
    assertThat(ready().body()).contains("\"catalog\"", "database or disk is full");
    process.context().endpoints().succeeded(Handler.STORE);
    Eventually.await("its end", () -> ready().statusCode() == 200);
  }

  private HttpResponse<String> ready() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:%d/health/ready".formatted(health.address().port())))
              .timeout(Duration.ofSeconds(20))
              .build(),
          BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("asking for health", e);
    }
  }
}
