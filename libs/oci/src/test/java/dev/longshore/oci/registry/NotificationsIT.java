package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.RegistrySettings.Notification;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.testing.RandomImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings file does what it says: pushes are reported with the header, pulls are not. */
final class NotificationsIT {
  private static final String TOKEN = "Bearer a \"quoted\" token";

  private record Told(String authorization, JsonNode body) {}

  @TempDir Path folder;

  @Test
  void theRegistryReportsPushesAndNoPulls() throws Exception {
    BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    HttpServer hooks =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hooks.createContext(
        "/",
        exchange -> {
          told.add(
              new Told(
                  exchange.getRequestHeaders().getFirst("Authorization"),
                  new JsonMapper().readTree(exchange.getRequestBody())));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    hooks.start();
    URI url = URI.create("http://127.0.0.1:" + hooks.getAddress().getPort() + "/hooks");
    var notification = new Notification("longshore", url, Optional.of(TOKEN));
    try (var registry =
        RegistryDaemon.start(folder, settings -> settings.withNotification(notification))) {
      RepositoryName name = registry.name("told/app");
      var source = new InMemoryRegistry();
      RandomImage image = RandomImage.of(1);
      source.push(name, "v1", image);
      var pusher = new RegistryPusher(Registries.of(), ClientSettings.defaults());
      pusher.push(source, Reference.tagged(name, "v1"), name, "v1");
      new RegistryClient(Registries.of())
          .manifest(name, source.resolve(Reference.tagged(name, "v1")).digest());
      pusher.push(source, Reference.tagged(name, "v1"), name, "last");

      List<JsonNode> events = eventsUntilTag(told, "last");

      assertThat(events)
          .allSatisfy(e -> assertThat(e.path("action").asText()).isEqualTo("push"))
          .allSatisfy(
              e -> assertThat(e.at("/target/mediaType").asText()).endsWith("manifest.v1+json"));
      assertThat(events)
          .anySatisfy(
              event -> {
                assertThat(event.at("/target/tag").asText()).isEqualTo("v1");
                assertThat(event.at("/target/digest").asText()).isEqualTo(image.rootDigest());
                assertThat(event.at("/request/host").asText())
                    .isEqualTo(registry.host().toString());
              });
    } finally {
      hooks.stop(0);
    }
  }

  private static List<JsonNode> eventsUntilTag(BlockingQueue<Told> told, String tag)
      throws InterruptedException {
    var events = new ArrayList<JsonNode>();
    while (events.stream().noneMatch(e -> e.at("/target/tag").asText().equals(tag))) {
      Told next = told.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("a notification of the push of " + tag).isNotNull();
      assertThat(next.authorization()).isEqualTo(TOKEN);
      next.body().path("events").forEach(events::add);
    }
    return events;
  }
}
