package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.containerd.Containerd;
import dev.longshore.events.Hint;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.testing.Eventually;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A watcher that follows a containerd; a hint is handled as soon as it is stored. */
final class FollowedNode implements AutoCloseable {
  static final String NODE = "node-1";

  final Catalog catalog;
  final Queue<Observed> observed = new ConcurrentLinkedQueue<>();
  final AtomicInteger refusals = new AtomicInteger();
  private final Clock clock = Clock.systemUTC();
  private final TimerAlarms alarms = new TimerAlarms();
  private final Vertx vertx = Vertx.vertx();
  private final WatcherService watcher;

  /** Of all followers of one catalog, which takes no record twice. */
  private static final AtomicLong OFFSETS = new AtomicLong();

  /** Follows until it is closed, with the catalog of an earlier run. */
  FollowedNode(Containerd containerd, Catalog catalog, List<String> namespaces) {
    this.catalog = catalog;
    ContainerdSettings settings =
        new ContainerdSettings(
            NODE, Path.of("unused"), namespaces, List.of("localhost:5050"), Duration.ofMinutes(5));
    this.watcher =
        new WatcherService(
            new ServiceContext(
                InProcess.shared(),
                catalog,
                new Endpoints(clock, alarms, new Random(1)),
                OpenTelemetry.noop(),
                AuditSink.NONE,
                clock),
            InProcess.watcher(),
            List.of(new WatchedNode(settings, containerd)),
            CatalogBarrier.AT_HAND,
            new InMemoryRegistry(),
            this::store,
            Pause.REAL,
            vertx);
    watcher.startPolls();
  }

  private synchronized void store(Hint hint) throws HintNotStoredException, InterruptedException {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new HintNotStoredException("Kafka is away", new IllegalStateException());
    }
    try {
      Effects effects =
          watcher
              .step()
              .handle(
                  new Message(Topic.HINTS, 0, 0, hint.key(), "id", clock.instant(), hint),
                  _ -> {
                    throw new AssertionError("a look has no progress to tell of");
                  });
      effects.records().stream()
          .filter(Observed.class::isInstance)
          .map(Observed.class::cast)
          .forEach(observed::add);
      effects.records().stream()
          .filter(State.class::isInstance)
          .map(State.class::cast)
          .forEach(state -> apply(Topic.of(state), state));
    } catch (TransientFailure e) {
      throw new HintNotStoredException("to be handled again", e);
    } catch (PermanentFailure e) {
      throw new AssertionError(e);
    }
  }

  private void apply(Topic topic, State state) {
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    topic, 0, OFFSETS.getAndIncrement(), clock.instant(), state.key(), state)));
  }

  /** The converter has mirrored the image for these platforms. */
  synchronized void converted(Observed image, String... platforms) {
    String cid = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    ImageState state =
        new ImageState(
            image.digest(),
            new Recipe("0".repeat(64)),
            ModeName.of(Mode.PLAIN),
            image.mediaType(),
            ImageDag.stored(cid),
            RootCid.stored(cid),
            Cid.stored(cid),
            List.of(platforms),
            1,
            1,
            List.of(),
            new PeerName("ingest"),
            image.name(),
            clock.instant());
    apply(Topic.of(state), state);
  }

  private static RepositoryName name(String path) {
    return RepositoryName.stored("containerd", NODE + "/" + path);
  }

  /** {@code containerd/<node>/<path>}. */
  Optional<TagState> tag(String path, String tag) {
    return catalog.tags().of(name(path), new Tag(tag));
  }

  TagState awaitTag(String path, String tag, String digest) {
    return await(
        () ->
            tag(path, tag)
                .filter(state -> !state.deleted() && state.digest().equals(Digest.parse(digest))));
  }

  void awaitGone(String path, String tag) {
    await(() -> tag(path, tag).filter(TagState::deleted));
  }

  List<Observed> observedAs(String path, String tag) {
    String key = TagState.key(name(path), new Tag(tag));
    return observed.stream().filter(event -> event.key().equals(key)).toList();
  }

  <T> T await(Supplier<Optional<T>> look) {
    Eventually.await("the look finds it", () -> look.get().isPresent());
    return look.get().orElseThrow();
  }

  @Override
  public void close() throws InterruptedException {
    watcher.stopPolls();
    vertx.close().await();
    alarms.close();
  }
}
