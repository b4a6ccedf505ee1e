package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NameLooks;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemorySwarm;
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
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.Sha256;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Pinners of one Kafka in memory, one at a time, that see what watcher, converter and the copies of
 * others come to: what they write to {@code served} they were asked for by themselves.
 */
final class NameBed implements AutoCloseable {
  static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final ManualClock clock = new ManualClock(START);
  final MemoryBus bus = new MemoryBus(clock);
  private final Envelopes envelopes = new Envelopes("", "test", clock);

  /** The pinner that runs. */
  OnePinner pinner;

  NameBed(RuleSettings... rules) {
    this(UnaryOperator.identity(), rules);
  }

  /**
   * @param between what the pinner asks in place of its host
   */
  NameBed(UnaryOperator<StepHost> between, RuleSettings... rules) {
    pinner = new OnePinner("first", Catalog.inMemory(clock), between, List.of(rules));
    pinner.start();
  }

  /** Another process takes over all partitions. */
  void takeOver(RuleSettings... rules) {
    takeOver(UnaryOperator.identity(), rules);
  }

  void takeOver(UnaryOperator<StepHost> between, RuleSettings... rules) {
    pinner.stop();
    pinner = new OnePinner("next", Catalog.inMemory(clock), between, List.of(rules));
    pinner.start();
  }

  /** The same process begins anew, with the store that it had. */
  void restart(UnaryOperator<StepHost> between, RuleSettings... rules) {
    pinner.stop();
    pinner = new OnePinner("first", pinner.catalog, between, List.of(rules));
    pinner.start();
  }

  /** Waits until the pinner has looked at all names and changes. */
  void awaitLooked() {
    NameLooks looks = pinner.catalog.looks();
    Eventually.await(
        "all names looked at", () -> marked() == Topic.PARTITIONS && looks.after(0, 1).isEmpty());
  }

  /** How many partitions' names the store knows to have been looked at by the rules. */
  int marked() {
    return pinner
        .catalog
        .looks()
        .marked(NameWatch.print(pinner.current.now().ruleSettings()))
        .size();
  }

  /** Waits until a key is among these. */
  void awaitLookedAt(Set<String> keys, String key) {
    Eventually.await("a look at " + key, () -> keys.contains(key));
  }

  /** One process, with a catalog of its own. */
  final class OnePinner {
    final Catalog catalog;
    private final MemoryService host;
    private final NameWatch names;
    private final CurrentSettings current;

    OnePinner(
        String instance,
        Catalog catalog,
        UnaryOperator<StepHost> between,
        List<RuleSettings> rules) {
      this.catalog = catalog;
      Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
      // Named as an image is, which nothing forbids.
      PeerSettings peer =
          new PeerSettings(
              key("v9"),
              PeerPlace.of("default"),
              SamplePinner.settings("x", true).rpc(),
              SamplePinner.settings("x", true).gateway(),
              List.of(),
              null,
              true,
              false,
              null,
              false);
      SharedSettings shared = SamplePinner.shared(List.of(peer), rules);
      current = CurrentSettings.of(shared);
      PinnerService service =
          new PinnerService(
              new ServiceContext(
                  shared, current, catalog, endpoints, OpenTelemetry.noop(), AuditSink.NONE, clock),
              SamplePinner.pinner(
                  Duration.ofSeconds(2), Duration.ofSeconds(10), KeptBed.LOST_AFTER),
              _ -> new InMemorySwarm().node("x"),
              Executors::newVirtualThreadPerTaskExecutor,
              new Random(1));
      this.host =
          bus.service(
              new ServiceId("pinner", "pin", instance),
              Set.of(Topic.CONVERTED),
              endpoints,
              catalog,
              service.step());
      this.names = service.names(between.apply(host));
    }

    /** Its settings file changes. */
    void configure(RuleSettings... rules) {
      current.replace(new PeersAndRules(current.now().peers(), List.of(rules)));
    }

    void start() {
      names.start();
      host.start();
    }

    void stop() {
      try {
        names.stop(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      host.stop(Duration.ofSeconds(5));
    }
  }

  static String key(String tag) {
    return TagState.key(APP, new Tag(tag));
  }

  static Digest digest(String content) {
    return Digest.stored(Sha256.digest(content.getBytes(StandardCharsets.UTF_8)));
  }

  static ImageDag dag(String content, Mode mode) {
    String hex = digest(content + mode).toString().substring("sha256:".length());
    return new ImageDag(Cid.dagPb(HexFormat.of().parseHex(hex)));
  }

  /** The watcher sees the tag at this image, and has seen it at others, the newest first. */
  void tag(String tag, String image, String... before) {
    name(new Tag(tag), image, false, before);
  }

  void deleted(String tag, String image, String... before) {
    name(new Tag(tag), image, true, before);
  }

  void name(@Nullable Tag tag, String image, boolean deleted, String... before) {
    write(
        new TagState(
            APP,
            tag,
            digest(image),
            "application/vnd.oci.image.manifest.v1+json",
            1,
            List.of(before).stream().map(NameBed::digest).toList(),
            deleted,
            Origin.WEBHOOK,
            clock.instant(),
            clock.instant()));
  }

  /** The converter has made the image in these modes. */
  void converted(String image, Mode... modes) {
    for (Mode mode : modes) {
      write(made(image, mode));
    }
  }

  /** The converter has made the image, which refers to another one. */
  void convertedFor(String image, String subject) {
    write(made(image, Mode.PLAIN).boundTo(digest(subject)));
  }

  private ImageState made(String image, Mode mode) {
    ImageState made =
        new ImageState(
            digest(image),
            new Recipe(digest(mode.text()).toString().substring(7)),
            ModeName.of(mode),
            "application/vnd.oci.image.manifest.v1+json",
            dag(image, mode),
            new RootCid(dag(image, mode).cid()),
            dag(image, mode).cid(),
            List.of(),
            1,
            100,
            List.of(),
            new PeerName("ingest"),
            APP,
            clock.instant());
    return (mode == Mode.PLAIN ? made : made.servedAs(digest(image + mode))).shownBy(Evidence.READ);
  }

  /** A copy of the image is verified. */
  void verified(String image, Mode mode) {
    pin(image, mode, 1, null);
  }

  /** All its copies are lost. */
  void lost(String image, Mode mode) {
    pin(image, mode, 0, clock.instant());
  }

  /** Retention took it off all peers. */
  void letGo(String image) {
    write(
        new PinState(
            dag(image, Mode.PLAIN),
            0,
            List.of(),
            null,
            true,
            clock.instant(),
            0,
            0,
            clock.instant(),
            null,
            null,
            PinPhase.GONE,
            clock.instant()));
  }

  private void pin(String image, Mode mode, int verified, @Nullable Instant first) {
    write(
        new PinState(
            dag(image, mode),
            1,
            List.of(),
            null,
            true,
            clock.instant(),
            1,
            verified,
            first,
            null,
            null,
            null,
            null));
  }

  /** Somebody decides to forget the image. */
  DecisionState forgotten(String image) {
    DecisionState decision =
        DecisionState.of(
            "forget-" + image,
            new Decision.Forget(image, List.of(digest(image))),
            "ann",
            "it had a password",
            clock.instant(),
            null);
    write(decision);
    return decision;
  }

  void undone(DecisionState decision) {
    write(decision.undone(new DecisionState.Undone("ann", "it was another", clock.instant())));
  }

  void write(State state) {
    bus.append(envelopes.seal(state, UUID.randomUUID().toString()));
  }

  /** What the topic says of a name. */
  Optional<ServedState> record(String key) {
    return bus.records(Topic.SERVED).stream()
        .filter(record -> record.key().equals(key))
        .reduce((_, last) -> last)
        .filter(record -> record.value() != null)
        .flatMap(_ -> pinner.catalog.served().byKey(key));
  }

  /** What a tag is recorded to show when it is this. */
  ServedState await(String tag, Predicate<ServedState> wanted) {
    return awaitKey(key(tag), wanted);
  }

  ServedState awaitKey(String key, Predicate<ServedState> wanted) {
    Eventually.await(
        "what %s shows, now %s".formatted(key, record(key)),
        () -> record(key).filter(wanted).isPresent());
    return record(key).orElseThrow();
  }

  /** Waits until the topic no longer says anything of a tag. */
  void awaitEnd(String tag) {
    Eventually.await("the end of " + key(tag), () -> record(key(tag)).isEmpty());
  }

  /** Waits until a tag's record was written so many times. */
  void awaitWritten(String tag, int times) {
    Eventually.await(
        times + " records of " + key(tag),
        () ->
            bus.records(Topic.SERVED).stream().filter(r -> r.key().equals(key(tag))).count()
                == times);
  }

  /** The catalog is read again from the beginning, and a topic has lost what it held. */
  void rebuildWithout(Topic lost) {
    pinner.catalog.writer().startAgain(false);
    for (Topic topic : Catalog.TOPICS) {
      if (topic != lost) {
        bus.records(topic).forEach(pinner.host::follow);
      }
    }
    pinner.catalog.writer().complete(clock.instant());
  }

  /** The tag alone shows this image in this mode. */
  ServedState awaitShown(String tag, String image, Mode mode) {
    return await(tag, state -> dag(image, mode).equals(state.selected()));
  }

  static Predicate<ServedState> shows(Mode mode, String image) {
    return state ->
        state.results().stream()
            .anyMatch(r -> r.mode().is(mode) && r.imageDag().equals(dag(image, mode)));
  }

  @Override
  public void close() {
    pinner.stop();
    pinner.catalog.close();
  }
}
