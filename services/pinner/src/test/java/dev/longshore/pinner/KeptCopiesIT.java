package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real peers that lose what they had, and a pinner that nobody tells of it. */
@Timeout(180)
class KeptCopiesIT {
  private static final int COPIES = 2;
  private static final int IMAGES = 6;
  private static final Duration ROUND = Duration.ofMillis(500);
  private static final Duration LOST_AFTER = Duration.ofSeconds(3);

  /** Peers a, b, c and d; the first takes images in, and keeps copies as well. */
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(4);

  private final Clock clock = Clock.systemUTC();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final List<Cid> dags = new ArrayList<>();
  private PinnerService pinner;

  /** One for both pinners, as Kafka remembers what was handled when the first ends. */
  private final MemoryService host =
      bus.service(
          new ServiceId("pinner", "pin", "main"),
          Set.of(Topic.CONVERTED),
          new Endpoints(clock, (_, _) -> {}, new Random(1)),
          catalog,
          (message, progress) -> pinner.step().handle(message, progress));

  @Test
  void imagesAreCompleteAgainByThemselvesWhateverAPeerLoses() throws Exception {
    start("a", "b", "c", "d");
    for (int seed = 0; seed < IMAGES; seed++) {
      dags.add(image(seed));
    }
    awaitComplete("a push", "a", "b", "c", "d");

    String without = emptied();
    awaitComplete("pins and blocks of " + without + " were removed", "a", "b", "c", "d");

    loseBlocks("a");
    awaitComplete("the blocks of a were removed", "a", "b", "c", "d");

    kubo("c").kill();
    awaitComplete("c was killed", "a", "b", "d");

    stop();
    start("a", "b");
    awaitComplete("d left the configuration", "a", "b");
    stop();
  }

  /** Takes all pins from a peer that has some, and collects its garbage. */
  private String emptied() throws Exception {
    String peer =
        Stream.of("b", "c", "d").filter(name -> !held(name).isEmpty()).findFirst().orElseThrow();
    for (Cid dag : held(peer)) {
      kubo(peer).client().unpin(dag, PinBed.OURS, soon());
    }
    kubo(peer).client().collectGarbage(soon());
    return peer;
  }

  /** The pins of a Kubo stand in another store than its blocks. */
  private void loseBlocks(String peer) throws IOException {
    assertThat(held(peer)).isNotEmpty();
    Path blocks = kubo(peer).repository().resolve("blocks");
    try (Stream<Path> files = Files.walk(blocks)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".data")).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Images that the peer has, as the records say. */
  private List<Cid> held(String peer) {
    return dags.stream().filter(dag -> KeptBed.verified(catalog, dag).contains(peer)).toList();
  }

  /** Whether each image is recorded on enough of these peers, which have every byte of it. */
  private void awaitComplete(String after, String... peers) {
    Eventually.await(
        "all copies after " + after, () -> dags.stream().allMatch(d -> whole(d, peers)));
  }

  private boolean whole(Cid dag, String... peers) {
    List<String> verified = KeptBed.verified(catalog, dag);
    return verified.size() >= COPIES
        && Set.of(peers).containsAll(verified)
        && verified.stream().allMatch(peer -> hasEveryByte(peer, dag));
  }

  private boolean hasEveryByte(String peer, Cid dag) {
    try {
      return kubo(peer).client().isPinned(dag, soon())
          && kubo(peer).client().verifyLocal(dag, LocalCheck.REHASH, soon()).bytes() > 600_000;
    } catch (KuboException e) {
      return false;
    }
  }

  private Cid image(long seed) throws IOException {
    byte[] content = new byte[600_000];
    new Random(seed).nextBytes(content);
    Cid[] root = new Cid[1];
    kubo("a")
        .client()
        .importCar(sink -> root[0] = UnixFsFileBuilder.build(content, sink).cid(), soon());
    kubo("a").client().pin(root[0], "longshore:default:test", LOST_AFTER, soon(), PinProgress.NONE);
    bus.send(KeptBed.converted(root[0], COPIES, "a", clock));
    return root[0];
  }

  private static KuboDaemon kubo(String name) {
    return KUBOS.get(name.charAt(0) - 'a');
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }

  /** Starts a pinner that knows these peers. */
  private void start(String... peers) {
    pinner =
        new PinnerService(
            new ServiceContext(
                SamplePinner.shared(
                    Stream.of(peers).map(name -> SamplePinner.settings(name, true)).toList()),
                catalog,
                new Endpoints(clock, (_, _) -> {}, new Random(1)),
                OpenTelemetry.noop(),
                AuditSink.NONE,
                clock),
            SamplePinner.pinner(Duration.ofSeconds(10), ROUND, LOST_AFTER),
            peer -> kubo(peer.name()).client(),
            Executors::newVirtualThreadPerTaskExecutor,
            new Random(1));
    catalog.writer().complete(clock.instant());
    host.start();
    pinner.startRepair(host);
  }

  private void stop() throws InterruptedException {
    pinner.stopRepair();
    host.stop(Duration.ofSeconds(5));
  }
}
