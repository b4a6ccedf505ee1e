package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The CNCF registry behind a front that lets nobody at one repository, or at the list of all. */
@Timeout(120)
class RefusedRepositoryIT {
  @TempDir private Path folder;
  private final Clock clock = Clock.systemUTC();
  private final TimerAlarms alarms = new TimerAlarms();
  private final Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile String refused = "nothing";
  private RegistryDaemon registry;
  private HttpServer front;
  private RegistryHost host;
  private WatcherService watcher;
  private MemoryService service;

  @BeforeEach
  void start() throws Exception {
    registry = RegistryDaemon.start(folder);
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    front.createContext("/", this::pass);
    front.start();
    host = new RegistryHost("localhost:" + front.getAddress().getPort());
    push("team/a", 1);
    push("team/b", 2);
    push("team/c", 3);
  }

  @AfterEach
  void stop() throws Exception {
    watcher.stopPolls();
    service.stop(Duration.ofSeconds(1));
    front.stop(0);
    registry.close();
    http.close();
    vertx.close().await();
    alarms.close();
    catalog.close();
  }

  @Test
  void othersFlowOnAndTheRefusedOneFollowsWhenItIsAllowed() throws Exception {
    refused = "/v2/team/a/";
    watch("[\"**\"]");

    awaitObserved("team/b");
    awaitObserved("team/c");
    Eventually.await("trouble", () -> !waiting().isEmpty());
    assertThat(waiting().getFirst().endpoint()).isEqualTo("repository " + host + "/team/a");
    assertThat(waiting().getFirst().message()).contains("team/a", "403");
    assertThat(endpoints.isOpen("registry " + host)).isTrue();

    refused = "nothing";
    awaitObserved("team/a");
    Eventually.await("the end of the trouble", () -> waiting().isEmpty());
  }

  @Test
  void whatIsNamedIsPolledThoughNobodyMayListAll() throws Exception {
    refused = "/v2/_catalog";
    watch("[team/a, \"team/*\"]");

    awaitObserved("team/a");
    assertThat(endpoints.isOpen("registry " + host)).isTrue();
  }

  private void watch(String repositories) throws Exception {
    PolledHub.Settings settings = PolledHub.settings(folder, host, repositories);
    watcher =
        new WatcherService(
            new ServiceContext(
                settings.shared(), catalog, endpoints, OpenTelemetry.noop(), AuditSink.NONE, clock),
            settings.watcher(),
            List.of(),
            CatalogBarrier.AT_HAND,
            new RegistryClient(Registries.of()),
            bus::send,
            Pause.REAL,
            vertx);
    service =
        bus.service(
            new ServiceId("watcher", "observe", "main"),
            Set.of(Topic.HINTS),
            endpoints,
            catalog,
            watcher.step());
    service.start();
    watcher.startPolls();
  }

  private void push(String repository, long seed) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(registry.name(repository), "v1", RandomImage.of(seed));
    Reference image = Reference.tagged(registry.name(repository), "v1");
    new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, image, image.name(), "v1");
  }

  private void awaitObserved(String repository) {
    Eventually.await(
        repository + " to be observed",
        () ->
            bus.read(Topic.OBSERVED, Observed.class).stream()
                .anyMatch(observed -> observed.name().repository().equals(repository)));
  }

  private List<WorkFailure> waiting() {
    return catalog.failures().newest(10).stream()
        .filter(trouble -> trouble.kind() == WorkFailure.Kind.TRANSIENT)
        .toList();
  }

  /** Passes a request on, with what the client needs of the answer. */
  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI asked = exchange.getRequestURI();
      if (asked.getPath().startsWith(refused)) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://" + registry.host() + asked))
              .timeout(Duration.ofSeconds(10))
              .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
      exchange.getRequestHeaders().getOrDefault("Accept", List.of()).stream()
          .forEach(accept -> request.header("Accept", accept));
      HttpResponse<byte[]> answer = answer(request.build());
      for (String name : List.of("Content-Type", "Docker-Content-Digest", "Link")) {
        answer
            .headers()
            .firstValue(name)
            .ifPresent(value -> exchange.getResponseHeaders().add(name, value));
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange
            .getResponseHeaders()
            .add("Content-Length", answer.headers().firstValue("Content-Length").orElse("0"));
        exchange.sendResponseHeaders(answer.statusCode(), -1);
        return;
      }
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
