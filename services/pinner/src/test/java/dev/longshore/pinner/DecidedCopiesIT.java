package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.Sha256;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real peers, with an operator's decisions on images and peers. */
@Timeout(180)
class DecidedCopiesIT {
  private static final Duration ROUND = Duration.ofMillis(300);

  /** Longer than a test: nothing moves because a peer is away. */
  private static final Duration LOST_AFTER = Duration.ofHours(1);

  private static final long SCRUB_RATE = 100L << 20;
  private static final int LAYER_BYTES = 600_000;
  private static final int BYTES = 2 * LAYER_BYTES;
  private static final List<String> NODES = List.of("a", "b", "c", "ingest");

  /** Peers a, b and c, and the one that takes images in and keeps none. */
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(4);

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Clock clock = new Ahead(ahead);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);

  /** How often the step was done, by the image's DAG. */
  private final Set<String> killed = new HashSet<>();

  private final PinnerService pinner =
      new PinnerService(
          new ServiceContext(
              SamplePinner.shared(
                  NODES.stream()
                      .map(name -> SamplePinner.settings(name, !name.equals("ingest")))
                      .toList(),
                  List.of(
                      new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 2, 1, null)
                          .keeping(
                              new KeepSettings(0, null, null, null, null),
                              ReleaseSettings.GUARDED))),
              catalog,
              endpoints(),
              OpenTelemetry.noop(),
              AuditSink.NONE,
              clock),
          // Garbage is collected whenever a peer is looked at.
          SamplePinner.pinner(Duration.ofSeconds(10), ROUND, LOST_AFTER, SCRUB_RATE, 100),
          peer -> kubo(peer.name()).client(),
          Executors::newVirtualThreadPerTaskExecutor,
          new Random(1));

  private final MemoryService host =
      bus.service(
          new ServiceId("pinner", "pin", "main"),
          Set.of(Topic.CONVERTED),
          endpoints(),
          catalog,
          (message, progress) -> pinner.step().handle(message, progress));

  @AfterEach
  void stop() throws Exception {
    for (String name : killed) {
      kubo(name).restart();
    }
    pinner.stopRepair();
    host.stop(Duration.ofSeconds(5));
    catalog.close();
  }

  @Test
  void aForgottenImageIsGoneFromEveryNodeAndWhatItSharedStaysWhole() throws Exception {
    start();
    Image secret = push(2, "shared", "secret");
    Image other = push(2, "shared", "other");
    String asleep = holders(secret).getFirst();
    String awake = holders(secret).getLast();
    String theirs = "abc".replace(asleep, "").replace(awake, "");
    kubo(theirs).ipfs("pin", "add", "--name=theirs", secret.dag().toString());
    kill(asleep);

    DecisionState decision = forget(secret);

    String reason =
        secret.dag() + " stays on " + theirs + ", where a pin of somebody else holds it";
    Eventually.await(reason, () -> says(reason, secret, theirs));
    Eventually.await("gone from " + awake, () -> isIn(CopyPhase.GONE, secret, awake));
    assertThat(kubo(theirs).client().isPinned(secret.dag(), soon())).isTrue();

    kubo(theirs).ipfs("pin", "rm", secret.dag().toString());
    Eventually.await("gone from " + theirs, () -> isIn(CopyPhase.GONE, secret, theirs));
    assertThat(isIn(CopyPhase.RELEASING, secret, asleep)).isTrue();
    assertThat(phase(secret)).isEqualTo(PinPhase.RELEASING);

    restart(asleep);
    Eventually.await("gone from all", () -> phase(secret) == PinPhase.GONE);
    Set<Cid> own = new HashSet<>(secret.blocks());
    own.removeAll(other.blocks());
    assertThat(own).contains(secret.dag()).hasSizeLessThan(secret.blocks().size());
    for (String node : NODES) {
      assertThat(own).as(node).noneMatch(block -> isOn(node, block));
    }
    assertThat(holders(other)).hasSize(2).allMatch(other::isWholeOn);

    decide(decision.undone(new DecisionState.Undone("ann", "it was another", clock.instant())));
    assertThat(push(2, "shared", "secret")).isEqualTo(secret);
    assertThat(phase(secret)).isEqualTo(PinPhase.KEPT);
  }

  /** As after Kafka was lost: the names of its pins alone say what it was made of. */
  @Test
  void aForgottenImageThatNoRecordKnowsIsGoneFromEveryNode() throws Exception {
    start();
    Image secret = push(2, "shared", "unrecorded");
    Image other = push(2, "shared", "another");
    List<String> holders = holders(secret);
    String theirs = "abc".replace(holders.getFirst(), "").replace(holders.getLast(), "");
    kubo(theirs).ipfs("pin", "add", "--name=theirs", other.dag().toString());
    delete(Topic.IMAGES, recorded(secret).key());
    delete(Topic.COPIES, secret.dag().toString());
    delete(Topic.PINS, secret.dag().toString());
    Eventually.await(
        "no record",
        () ->
            catalog.pins().of(secret.imageDag()).isEmpty()
                && catalog.conversions().firstByDag(secret.imageDag()).isEmpty());
    assertThat(holders).allMatch(secret::isWholeOn);

    forget(secret);

    Set<Cid> own = new HashSet<>(secret.blocks());
    own.removeAll(other.blocks());
    Eventually.await(
        "gone from all nodes",
        () -> NODES.stream().noneMatch(n -> own.stream().anyMatch(b -> isOn(n, b))));
    assertThat(holders(other)).hasSize(2).allMatch(other::isWholeOn);
    assertThat(kubo(theirs).client().isPinned(other.dag(), soon())).isTrue();
  }

  private void delete(Topic topic, String key) {
    bus.append(new ProducerRecord<>(topic.name(""), key, null));
  }

  private ImageState recorded(Image image) {
    return PinBed.image(image.dag(), BYTES, image.source().toString(), clock.instant());
  }

  @Test
  void aVersionThatItsTagLeftIsUnpinnedAndCollectedAndWhatItSharedStaysWhole() throws Exception {
    start();
    Image left = push(2, "shared", "left");
    Image now = push(2, "shared", "now");
    Instant at = clock.instant();
    append(named(null, left, List.of()));
    append(named(null, now, List.of()));
    append(named(new Tag("1"), now, List.of(new Version(left.source(), Origin.POLL, at, at, at))));
    List<String> holders = holders(left);

    awaitPhase(left, PinPhase.KEPT); // the catalog is complete
    pass(Duration.ofMinutes(61));
    awaitPhase(left, PinPhase.SURPLUS);
    assertThat(holders).allMatch(left::isWholeOn);
    pass(Duration.ofMinutes(61));
    awaitPhase(left, PinPhase.GONE);
    for (String node : NODES) {
      assertThat(kubo(node).client().isPinned(left.dag(), soon())).as(node).isFalse();
    }

    pass(Duration.ofHours(7));
    Set<Cid> own = new HashSet<>(left.blocks());
    own.removeAll(now.blocks());
    assertThat(own).contains(left.dag()).hasSizeLessThan(left.blocks().size());
    Eventually.await(
        "a collection",
        () -> NODES.stream().noneMatch(n -> own.stream().anyMatch(b -> isOn(n, b))));
    assertThat(phase(now)).isEqualTo(PinPhase.KEPT);
    assertThat(holders(now)).hasSize(2).allMatch(now::isWholeOn);
  }

  private void pass(Duration time) {
    ahead.updateAndGet(before -> before.plus(time));
    catalog.writer().complete(clock.instant());
  }

  private void awaitPhase(Image image, PinPhase phase) {
    Eventually.await(
        image.dag() + " " + phase,
        () -> {
          catalog.writer().complete(clock.instant());
          return phase(image) == phase;
        });
  }

  private TagState named(@Nullable Tag tag, Image image, List<Version> versions) {
    Instant at = clock.instant();
    return new TagState(
        RepositoryName.canonical("localhost:5055/team/app"),
        tag,
        image.source(),
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        false,
        Origin.POLL,
        at,
        at,
        versions,
        at);
  }

  @Test
  void aDrainedPeerGivesAwayOnlyWhatEnoughOthersHave() throws Exception {
    start();
    Image moves = push(2, "one", "moves");
    Image stays = push(3, "two", "stays");
    String drained = holders(moves).getFirst();

    decide(
        DecisionState.of(
            "drain",
            new Decision.Drain(new PeerName(drained), null),
            "ann",
            "its disk is old",
            clock.instant(),
            null));

    Eventually.await(
        "the copy moved",
        () -> {
          assertThat(NODES).filteredOn(moves::isWholeOn).hasSizeGreaterThanOrEqualTo(2);
          return isIn(CopyPhase.GONE, moves, drained);
        });
    assertThat(kubo(drained).client().isPinned(moves.dag(), soon())).isFalse();
    assertThat(holders(moves)).hasSize(2).allMatch(moves::isWholeOn);

    // The same inventory looked at this one.
    assertThat(holders(stays)).hasSize(3).allMatch(stays::isWholeOn);
  }

  @Test
  void aBlockThatRotsOnDiskIsBroughtAnewForAllImagesThatShareIt() throws Exception {
    start();
    Image one = push(3, "rots", "one");
    Image two = push(3, "rots", "two");
    Cid block =
        one.blocks().stream()
            .filter(cid -> cid.codec() == Cid.RAW && two.blocks().contains(cid))
            .findFirst()
            .orElseThrow();
    String pins = kubo("a").ipfs("pin", "ls", "--type=recursive", "--names");
    Set<String> mended = ConcurrentHashMap.newKeySet();
    try (var _ =
        catalog.onChange(
            record -> {
              if (isIn(CopyPhase.MENDING, one, "a") && isIn(CopyPhase.MENDING, two, "a")) {
                mended.add(record.key());
              }
            })) {
      kubo("a").corrupt(block);
      assertThat(one.isWholeOn("a")).isFalse();

      ahead.set(SamplePinner.SCRUB_INTERVAL);
      Eventually.await(
          "every block hashes again",
          () ->
              isIn(CopyPhase.VERIFIED, one, "a")
                  && isIn(CopyPhase.VERIFIED, two, "a")
                  && one.isWholeOn("a")
                  && two.isWholeOn("a"));
    }

    assertThat(mended).isNotEmpty();
    assertThat(kubo("a").ipfs("pin", "ls", "--type=recursive", "--names").lines())
        .containsExactlyInAnyOrderElementsOf(pins.lines().toList());
  }

  /** The system's clock, and as much ahead of it as a test says. */
  private static final class Ahead extends Clock {
    private final AtomicReference<Duration> ahead;

    Ahead(AtomicReference<Duration> ahead) {
      this.ahead = ahead;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /**
   * An image as its converter made it.
   *
   * @param blocks CIDs of all its blocks
   */
  private record Image(Cid dag, Set<Cid> blocks) {
    ImageDag imageDag() {
      return new ImageDag(dag);
    }

    Digest source() {
      return Digest.stored(Sha256.digest(dag.bytes()));
    }

    /** Whether a node has it pinned, and every byte of it. */
    boolean isWholeOn(String node) {
      try {
        return kubo(node).client().isPinned(dag, soon())
            && kubo(node).client().verifyLocal(dag, LocalCheck.REHASH, soon()).bytes() > BYTES;
      } catch (KuboException | IpfsDataException e) {
        return false;
      }
    }
  }

  /** Returns when all its copies are verified, and the ingest peer's is released. */
  private Image push(int copies, String... layers) throws Exception {
    Set<Cid> blocks = new HashSet<>();
    KuboClient ingest = kubo("ingest").client();
    Cid root;
    Block holder;
    // What collects for the image before must not take blocks that both share.
    try (HeldImport held = ingest.importHeld(soon(), Eventually.LIMIT)) {
      root =
          tree(
              layers,
              (cid, bytes, offset, length) -> {
                blocks.add(cid);
                held.put(cid, bytes, offset, length);
              });
      holder = SampleDag.linking(List.of(root));
      held.hold(holder);
    }
    ingest.pin(root, PinBed.OURS + "test", Eventually.LIMIT, soon(), PinProgress.NONE);
    ingest.unpinAll(List.of(holder.cid()), soon());
    Image image = new Image(root, blocks);
    append(recorded(image));
    bus.send(KeptBed.converted(image.dag(), image.source(), copies, "ingest", clock));
    Eventually.await(
        "copies of " + image.dag(),
        () ->
            holders(image).size() == copies
                && catalog.pins().of(image.imageDag()).filter(PinState::isFinished).isPresent());
    assertThat(holders(image)).allMatch(image::isWholeOn);
    return image;
  }

  private static Cid tree(String[] layers, BlockSink sink) throws IOException {
    DirectoryTree tree = new DirectoryTree();
    for (String layer : layers) {
      byte[] content = new byte[LAYER_BYTES];
      new Random(layer.hashCode()).nextBytes(content);
      tree.put(
          "blobs/" + Sha256.digest(content).replace(':', '/'),
          UnixFsFileBuilder.build(content, sink));
    }
    return tree.write(sink).cid();
  }

  private DecisionState forget(Image image) throws Exception {
    DecisionState decision =
        DecisionState.of(
            "forget",
            new Decision.Forget("secret", List.of(image.source())),
            "ann",
            "it had a password",
            clock.instant(),
            null);
    decide(decision);
    return decision;
  }

  private void decide(DecisionState decision) throws Exception {
    append(decision);
  }

  private void append(State state) throws Exception {
    bus.append(KeptBed.record(state));
  }

  private PinPhase phase(Image image) {
    return PinRecord.phase(catalog.pins().of(image.imageDag()).orElseThrow());
  }

  private List<String> holders(Image image) {
    return KeptBed.verified(catalog, image.dag());
  }

  private Optional<CopiesState.Copy> copy(Image image, String peer) {
    return catalog.copies().of(image.imageDag()).copies().stream()
        .filter(copy -> copy.peer().text().equals(peer))
        .findFirst();
  }

  private boolean isIn(CopyPhase phase, Image image, String peer) {
    return copy(image, peer).filter(copy -> copy.state() == phase).isPresent();
  }

  private boolean says(String error, Image image, String peer) {
    return copy(image, peer)
        .map(CopiesState.Copy::error)
        .filter(e -> e.contains(error))
        .isPresent();
  }

  /** Whether a node has a block, by its own word or in its files. */
  private static boolean isOn(String node, Cid block) {
    try {
      return kubo(node).client().holds(block, soon())
          || Files.exists(FlatFs.file(kubo(node).repository(), block));
    } catch (KuboException e) {
      throw new IllegalStateException(e);
    }
  }

  private void kill(String name) throws InterruptedException {
    kubo(name).kill();
    killed.add(name);
  }

  private void restart(String name) throws Exception {
    kubo(name).restart();
    killed.remove(name);
  }

  private static KuboDaemon kubo(String name) {
    return KUBOS.get(name.equals("ingest") ? 3 : name.charAt(0) - 'a');
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }

  private Endpoints endpoints() {
    return new Endpoints(clock, (_, _) -> {}, new Random(1));
  }

  private void start() {
    catalog.writer().complete(clock.instant());
    host.start();
    pinner.startRepair(host);
  }
}
