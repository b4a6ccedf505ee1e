package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Registry;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watcher behind the real registry's notifications, pushed to and read from by clients. */
@Timeout(120)
class RealRegistryIT {
  private static final String TOKEN = "a-shared-token";

  @TempDir Path folder;
  private final BlockingQueue<Hint> hints = new LinkedBlockingQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final RegistryClient client = new RegistryClient(Registries.of());
  private int port;
  private Listen webhooks;
  private HttpEdge edge;
  private RegistryDaemon registry;
  private WatchedHub hub;

  @BeforeEach
  void start() throws Exception {
    port = FreePorts.find();
    hub = new WatchedHub(new RegistryHost("127.0.0.1:" + port), client);
    listen("127.0.0.1:0");
    webhooks = edge.address();
    registry = daemon();
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    edge.stop(Duration.ofSeconds(1));
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void readsOfClientsAndOfThePollMakeNoHints() throws Exception {
    Descriptor image = push("team/app", "v1", RandomImage.of(1));
    observe("v1");
    for (int i = 0; i < 20; i++) {
      client.resolve(Reference.tagged(name("team/app"), "v1"));
      client.manifest(name("team/app"), image.digest());
      assertThat(poll()).isZero();
    }

    push("team/app", "last", RandomImage.of(2));

    assertThat(observe("last"))
        .as("the registry tells in order, so what it told of the reads has come by now")
        .singleElement()
        .returns(Tag.parse("last"), Observed::tag);
    assertThat(hints).isEmpty();
  }

  @Test
  void bothOfTwoVersionsThatFollowedAtOnceAreObserved() throws Exception {
    Descriptor v1 = push("team/app", "latest", RandomImage.of(1));
    Descriptor v2 = push("team/app", "latest", RandomImage.of(2));

    List<Observed> observed = observe(2);

    assertThat(observed).extracting(Observed::digest).containsExactly(v1.digest(), v2.digest());
    assertThat(hub.tag("team/app", "latest").digest()).isEqualTo(v2.digest());
  }

  @Test
  void aPushOfAnIndexIsOneImageAndPushingItAgainIsNoNews() throws Exception {
    RandomImage image = RandomImage.of(3, RandomImageOptions.multiPlatform());
    Descriptor index = push("team/multi", "v1", image);

    assertThat(observe("v1")).singleElement().returns(index.digest(), Observed::digest);
    push("team/multi", "v1", image);
    push("team/multi", "last", RandomImage.of(4));
    assertThat(observe("last")).singleElement().returns(Tag.parse("last"), Observed::tag);
  }

  @Test
  void webhooksThatWereLostWhileTheWatcherWasDownAreFoundByAPoll() throws Exception {
    push("team/app", "known", RandomImage.of(1));
    observe("known");
    edge.stop(Duration.ofSeconds(1));
    Descriptor lost = push("team/app", "lost", RandomImage.of(2));
    // Notifications that nobody took are in the registry's memory alone.
    registry.kill();
    registry = daemon();
    listen(webhooks.toString());

    assertThat(poll()).isOne();

    assertThat(observe("lost"))
        .singleElement()
        .returns(lost.digest(), Observed::digest)
        .returns(Origin.BACKFILL, Observed::origin);
    assertThat(poll()).isZero();
  }

  @Test
  void aTagThatWasDeletedWhileTheWatcherWasDownIsGoneAfterAPoll() throws Exception {
    push("team/app", "kept", RandomImage.of(1));
    Descriptor gone = push("team/app", "gone", RandomImage.of(2));
    observe("gone");
    edge.stop(Duration.ofSeconds(1));
    delete("team/app", gone.digest());
    registry.kill();
    registry = daemon();
    listen(webhooks.toString());

    assertThat(poll()).isOne();
    observeNext();

    assertThat(hub.tag("team/app", "gone").deleted()).isTrue();
    assertThat(hub.tag("team/app", "kept").deleted()).isFalse();
    assertThat(poll()).isZero();
  }

  private void delete(String repository, Digest digest) throws Exception {
    URI manifest =
        URI.create("http://127.0.0.1:" + port + "/v2/" + repository + "/manifests/" + digest);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(manifest).timeout(Duration.ofSeconds(10)).DELETE().build();
      assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(202);
    }
  }

  /** A registry that tells of everything, as one whose settings say nothing else. */
  private RegistryDaemon daemon() throws Exception {
    URI url = URI.create("http://" + webhooks + "/hooks/dev");
    return RegistryDaemon.start(
        folder,
        port,
        settings ->
            settings.withNotification(
                new Registry.Notification("longshore", url, Optional.of("Bearer " + TOKEN))),
        yaml -> yaml.substring(0, yaml.indexOf("      ignore:")));
  }

  private void listen(String address) throws Exception {
    ListenerSettings listener =
        ListenerSettings.asking(
            Listen.parse(address), new CredentialSettings(null, null, new Secret(TOKEN)));
    Webhooks hooks =
        new Webhooks(
            hints::add,
            Map.of("dev", new WebhookSource(hub.registry.sender(), null)),
            new Deliveries(hub.clock),
            OpenTelemetry.noop().getMeter("test"),
            hub.clock);
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of("webhooks", listener),
            List.of(hooks.route()),
            OpenTelemetry.noop());
    edge.start();
  }

  private Descriptor push(String repository, String tag, RandomImage image)
      throws RegistryException {
    InMemoryRegistry source = new InMemoryRegistry();
    Descriptor pushed = source.push(name(repository), tag, image);
    new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, Reference.tagged(name(repository), tag), name(repository), tag);
    return pushed;
  }

  private int poll() throws Exception {
    return hub.poll("**", hints::add);
  }

  /** Handles hints until the tag is known; what was observed meanwhile. */
  private List<Observed> observe(String tag) throws Exception {
    List<Observed> observed = new ArrayList<>();
    while (observed.stream().noneMatch(o -> new Tag(tag).equals(o.tag()))) {
      observed.addAll(observeNext());
    }
    return observed;
  }

  private List<Observed> observe(int count) throws Exception {
    List<Observed> observed = new ArrayList<>();
    while (observed.size() < count) {
      observed.addAll(observeNext());
    }
    return observed;
  }

  private List<Observed> observeNext() throws Exception {
    Hint hint = hints.poll(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(hint).as("a hint of the registry").isNotNull();
    return hub.handle(hint).stream()
        .filter(Observed.class::isInstance)
        .map(Observed.class::cast)
        .toList();
  }

  private RepositoryName name(String repository) {
    return new RepositoryName(hub.registry.host(), repository);
  }
}
