package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Hint;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.testing.ManualClock;
import dev.longshore.watcher.sender.DistributionEvents;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A registry in memory and a watcher's step that looks at it. */
final class WatchedHub {
  static final String HOST = "localhost:5055";
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final InMemoryRegistry images = new InMemoryRegistry();
  final Catalog catalog = Catalog.inMemory(clock);
  final List<Observed> observed = new ArrayList<>();
  final List<String> reconciled = new ArrayList<>();
  final WatchedRegistry registry;
  private final boolean mirrorUntagged;
  List<RuleSettings> rules = List.of();

  /** Images of a backfill that are under way at once. */
  int backfill = 100_000;

  private long offset;

  WatchedHub() {
    this(false);
  }

  WatchedHub(boolean mirrorUntagged) {
    this.mirrorUntagged = mirrorUntagged;
    this.registry =
        new WatchedRegistry("dev", new RegistryHost(HOST), images, RepositoryPatterns.NONE);
  }

  /** Looks at a registry outside of this one's memory. */
  WatchedHub(RegistryHost host, ImageSource source) {
    this.mirrorUntagged = false;
    this.registry = new WatchedRegistry("dev", host, source, RepositoryPatterns.NONE);
  }

  /** The registry, as it is where this is polled. */
  WatchedRegistry polled(String pattern) {
    return new WatchedRegistry(
        registry.name(),
        registry.host(),
        registry.images(),
        new RepositoryPatterns(List.of(pattern)));
  }

  /** One round of a poll; the number of hints at what had changed. */
  int poll(String pattern, HintSink hints) throws Exception {
    return polls(
            pattern,
            hints,
            CatalogBarrier.AT_HAND,
            new Endpoints(clock, (_, _) -> {}, new Random(1)))
        .once();
  }

  /** The polls of the registry, alone and not started. */
  PollSchedule polls(
      String pattern, HintSink hints, CatalogBarrier knowledge, Endpoints endpoints) {
    return polls(polled(pattern), hints, knowledge, endpoints);
  }

  PollSchedule polls(
      WatchedRegistry polled, HintSink hints, CatalogBarrier knowledge, Endpoints endpoints) {
    return new PollSchedule(
        polled,
        new PollAgenda(Duration.ofMinutes(5), _ -> true, clock, new Random(1)),
        new Poll(polled, catalog, scope(), hints, clock),
        new Backfill(polled.host(), backfill, catalog, clock),
        new PollStates(pause),
        knowledge,
        endpoints,
        clock,
        pause,
        new LoopTurns(OpenTelemetry.noop()).of("test", Duration.ofHours(1)));
  }

  static RepositoryName name(String repository) {
    return new RepositoryName(new RegistryHost(HOST), repository);
  }

  MirrorScope scope() {
    return new MirrorScope(() -> new Rules(rules), mirrorUntagged);
  }

  /** A notification as the CNCF registry sends it. */
  static String notification(
      String action, String repository, String mediaType, String digest, @Nullable String tag) {
    return """
    {"events": [{"id": "1", "timestamp": "2026-01-01T00:00:00Z", "action": "%s",
      "target": {"mediaType": "%s", "digest": "%s", "size": 7, "length": 7,
        "repository": "%s", "url": "http://elsewhere.example/v2/"%s},
      "request": {"id": "2", "host": "elsewhere.example", "method": "PUT"}}]}
    """
        .formatted(
            action, mediaType, digest, repository, tag == null ? "" : ", \"tag\": \"" + tag + "\"");
  }

  List<LongshoreRecord> pushed(String repository, Digest digest, @Nullable String tag)
      throws Exception {
    return notified(
        notification(
            "push",
            repository,
            "application/vnd.oci.image.manifest.v1+json",
            digest.toString(),
            tag));
  }

  List<LongshoreRecord> notified(String body) throws Exception {
    return handle(hint("dev", DistributionEvents.V2, body, false));
  }

  Hint hint(String source, String contentType, String body, boolean truncated) {
    return new Hint(
        Origin.WEBHOOK,
        source,
        null,
        contentType,
        Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)),
        truncated,
        clock.instant());
  }

  /** What happens while the watcher waits for a tag. */
  Pause pause = _ -> {};

  List<LongshoreRecord> handle(Hint hint)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Observe observe =
        new Observe(
            Map.of("dev", registry),
            catalog,
            scope(),
            (r, _) -> reconciled.add(r.name()),
            clock,
            pause);
    Effects effects =
        observe.handle(
            new Message(Topic.HINTS, 0, offset, hint.key(), "id", clock.instant(), hint),
            progress -> {
              throw new AssertionError("a look has no progress to tell of");
            });
    for (LongshoreRecord record : effects.records()) {
      if (record instanceof State state) {
        learn(state);
      } else if (record instanceof Observed event) {
        observed.add(event);
      }
    }
    return effects.records();
  }

  /** The topic has this, and the catalog knows of it. */
  void learn(State state) {
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(Topic.TAGS, 0, offset++, clock.instant(), state.key(), state)));
  }

  TagState tag(String repository, String tag) {
    return catalog
        .tags()
        .of(RepositoryName.stored(registry.host().value(), repository), new Tag(tag))
        .orElseThrow();
  }
}
