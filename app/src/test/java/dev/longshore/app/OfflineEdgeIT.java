package dev.longshore.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
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
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A resolver with its own Kubo at an edge site that loses its connection to the whole core. */
@Timeout(360)
@InTurn(SharedTurn.PARTS)
class OfflineEdgeIT {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration COMMAND = Duration.ofMinutes(2);
  private static final Pattern AGE =
      Pattern.compile("(?m)^longshore_resolver_knowledge_age_seconds\\S* (\\d+)");

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Ports core = FreePorts.find();
  private final RegistryHost registry = new RegistryHost("localhost:" + core.registry());
  private final RepositoryName name = new RepositoryName(registry, "team/app");
  private Ports edge;

  @Test
  void servesByNameWhatItHeldAcrossARestartWhileAllElseIsAwayAndGoesOnWhenItIsBack()
      throws Exception {
    Path home = folder.resolve("core");
    RandomImage held = RandomImage.of(51, RandomImageOptions.multiPlatform());
    RandomImage never = RandomImage.of(52);
    String absent = "blobs/" + never.blobs().keySet().iterator().next();
    LongshoreProcess up = up(home);
    try (KuboDaemon kubo = KuboDaemon.start("edge", folder, new DevelopmentHome(home).swarmKey())) {
      edge = FreePorts.find();
      Path config = config(kubo);
      LongshoreProcess resolver = resolver(config);
      try {
        mirror(home, held, "held");
        pullAll(held, "held");
        mirror(home, never, "never");
        Eventually.await("the edge knows of it", () -> status("manifests/never") == 200);
        assertThat(age()).isLessThan(30);

        up.kill();
        Instant lost = Instant.now();
        resolver.kill();
        resolver.await(COMMAND);
        dropFetched();
        resolver = resolver(config);

        pullAll(held, "held");
        assertThat(status(absent)).as("known, but it was never here").isIn(502, 504);
        assertThat(status("manifests/unknown")).isEqualTo(404);
        long away = Duration.between(lost, Instant.now()).toSeconds();
        assertThat(age()).isBetween(away - 1, away + 60);
        assertThat(ageInMetrics()).isBetween(away - 1, away + 60);
        assertThat(get(edge.health(), "/health/ready").statusCode())
            .as("it serves, so it is ready")
            .isEqualTo(200);

        up = up(home);
        Eventually.await("it follows again", () -> age() < 10);
        Eventually.await("all is served again", () -> status(absent) == 200);
        assertThat(status("manifests/held")).isEqualTo(200);
      } finally {
        resolver.close();
      }
    } finally {
      up.close();
    }
  }

  private LongshoreProcess up(Path home) throws Exception {
    LongshoreProcess up =
        LongshoreProcess.start(home, "up", "--port-offset", String.valueOf(core.offset()));
    up.awaitOutput("longshore is ready", START);
    return up;
  }

  private LongshoreProcess resolver(Path config) throws Exception {
    LongshoreProcess resolver =
        LongshoreProcess.start(
            folder.resolve("edge-home"), "service", "resolver", "--config", config.toString());
    resolver.awaitOutput("resolver is ready", START);
    return resolver;
  }

  private Path config(KuboDaemon kubo) throws IOException {
    return Files.writeString(
        folder.resolve("edge.yaml"),
        """
        home: '%s'
        kafka:
          bootstrap-servers: ["127.0.0.1:%d"]
        resolver:
          listen: 127.0.0.1:%d
          grpc-listen: 127.0.0.1:%d
          default-registry: %s
          no-progress: 5s
          kubo:
            name: edge
            rpc: %s
            gateway: %s
        health:
          listen: 127.0.0.1:%d
        """
            .formatted(
                folder.resolve("edge-home"),
                core.kafka(),
                edge.resolver(),
                edge.resolverGrpc(),
                registry,
                kubo.address().rpc(),
                kubo.address().gateway(),
                edge.health()));
  }

  private void mirror(Path home, RandomImage image, String tag) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, tag, image);
    Reference reference = Reference.tagged(name, tag);
    new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, reference, name, tag);
    LongshoreProcess.Ended push = HomeCommand.run(home, COMMAND, "push", reference.toString());
    assertThat(push.exitCode()).as(push.err()).isZero();
  }

  private void pullAll(RandomImage image, String tag) throws Exception {
    Eventually.await("the edge knows of it", () -> status("manifests/" + tag) == 200);
    assertThat(pulled("manifests/" + tag)).isEqualTo(image.root().body());
    for (RandomImage.StoredManifest manifest : image.manifests()) {
      assertThat(pulled("manifests/" + manifest.digest())).isEqualTo(manifest.body());
    }
    for (String blob : image.blobs().keySet()) {
      assertThat(pulled("blobs/" + blob)).isEqualTo(image.blobs().get(blob));
    }
  }

  private byte[] pulled(String what) {
    HttpResponse<byte[]> answer = get(edge.resolver(), "/v2/team/app/" + what);
    assertThat(answer.statusCode()).as(what).isEqualTo(200);
    return answer.body();
  }

  private int status(String what) {
    return get(edge.resolver(), "/v2/team/app/" + what).statusCode();
  }

  private long age() {
    return get(edge.resolver(), "/v2/")
        .headers()
        .firstValueAsLong("Longshore-Knowledge-Age")
        .orElseThrow();
  }

  private long ageInMetrics() {
    Matcher age = AGE.matcher(new String(get(edge.health(), "/metrics").body(), UTF_8));
    assertThat(age.find()).isTrue();
    return Long.parseLong(age.group(1));
  }

  private HttpResponse<byte[]> get(int port, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** So that the node itself must have all of it. */
  private void dropFetched() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("edge-home/resolver/cache"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }
}
