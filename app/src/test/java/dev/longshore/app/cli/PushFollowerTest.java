package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogForm;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.Listen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PushFollowerTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final String RECIPE = "r".repeat(64);
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(new PrintStream(new ByteArrayOutputStream()), new PrintStream(err), false);
  private Cid dag;
  private long offset;

  @BeforeEach
  void aKnownImageWithAllItsCopies() throws Exception {
    List<PinState.Copy> copies = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      InMemoryIpfsNode node = swarm.node(name);
      nodes.put(name, node);
      node.importCar(
          sink -> dag = UnixFsFileBuilder.build(new byte[1000], sink).cid(), Deadline.after(SOON));
      node.pin(dag, "longshore:copy", SOON, Deadline.after(SOON), PinProgress.NONE);
      copies.add(copy(name, CopyStatus.VERIFIED, null, AT));
    }
    String cid = dag.toString();
    learn(
        new ImageState(
            DIGEST,
            RECIPE,
            "plain",
            "application/vnd.oci.image.manifest.v1+json",
            cid,
            cid,
            cid,
            List.of(),
            1,
            1000,
            List.of(),
            "a",
            "localhost:5055",
            "team/app",
            AT));
    learn(pin(copies));
  }

  @Test
  void copiesThatTheirPeersHaveAreToldAtOnce() throws Exception {
    Found found = follower().await(SOON);

    assertThat(told()).contains("a: verified", "b: verified", "c: verified");
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @Test
  void aCopyThatIsGoneIsSaidToBeAndWaitedForUntilItIsMadeAnew() throws Exception {
    nodes.get("c").unpin(dag, "longshore:", Deadline.after(SOON));
    PushFollower follower = follower();
    Thread pinner =
        Thread.ofVirtual()
            .start(
                () -> {
                  changesWhen("c: failed, its pin is gone; it is made anew");
                  PinState.Copy anew = copy("c", CopyStatus.VERIFIED, null, AT.plusSeconds(9));
                  learn(pin(List.of(recorded("a"), recorded("b"), anew)));
                });

    Found found = follower.await(SOON);

    pinner.join();
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
    assertThat(told())
        .containsSubsequence("c: failed, its pin is gone; it is made anew", "c: verified");
  }

  @Test
  void aPinWithoutItsBlocksIsNoCopy() throws Exception {
    nodes.get("b").lose(dag);

    Found found = follower().await(Duration.ofMillis(200));

    assertThat(told())
        .contains("b: failed, it is pinned, but blocks are gone; it is made anew")
        .doesNotContain("b: verified");
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void aPeerThatDoesNotAnswerIsNotSaidToHaveItAndNotWaitedFor() throws Exception {
    nodes.get("b").trouble().goDown();

    Found found = follower().await(SOON);

    assertThat(told())
        .doesNotContain("b: verified")
        .anyMatch(line -> line.startsWith("b: failed, not known to be there: "));
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(found.conversions().getFirst().copies()).isEqualTo("2 of 3");
  }

  @Test
  void whatNobodyHasAnyMoreIsWaitedFor() throws Exception {
    List<PinState.Copy> gone =
        List.of("a", "b", "c").stream()
            .map(name -> copy(name, CopyStatus.FAILED, "gone", AT))
            .toList();
    learn(pin(gone));

    Found found = follower().await(Duration.ofMillis(200));

    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
  }

  private PushFollower follower() {
    RegistrySettings registry =
        new RegistrySettings("local", "localhost:5055", null, true, List.of(), null, null);
    RepositoryName name = new RepositoryName(new RegistryHost("localhost:5055"), "team/app");
    PushRequest push =
        new PushRequest(
            shared(registry),
            registry,
            Reference.tagged(name, "1"),
            DIGEST,
            new ConversionRequest(List.of(), List.of(), List.of(), List.of(), List.of()));
    LayerProgress layers = new LayerProgress(catalog, List.of(), AT, what -> {});
    return new PushFollower(
        catalog,
        push,
        List.of(RECIPE),
        AT,
        layers,
        new LiveCopies(push.shared().peers(), peer -> nodes.get(peer.name()), SOON),
        terminal);
  }

  private SharedSettings shared(RegistrySettings registry) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(registry),
        nodes.keySet().stream().map(PushFollowerTest::peer).toList(),
        List.of(),
        new TelemetrySettings(null, LogForm.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(new Listen("127.0.0.1", 0)));
  }

  private static PeerSettings peer(String name) {
    return new PeerSettings(
        name,
        "default",
        URI.create("http://127.0.0.1:1/" + name),
        URI.create("http://127.0.0.1:2/" + name),
        List.of(),
        null,
        true,
        false,
        null,
        false);
  }

  private void changesWhen(String line) {
    Eventually.await(line, () -> told().contains(line));
  }

  private PinState.Copy recorded(String peer) {
    return catalog.pins().of(dag.toString()).orElseThrow().copies().stream()
        .filter(copy -> copy.peer().equals(peer))
        .findFirst()
        .orElseThrow();
  }

  private PinState pin(List<PinState.Copy> copies) {
    return new PinState(dag.toString(), 3, copies, "a", true, AT);
  }

  private static PinState.Copy copy(
      String peer, CopyStatus status, @Nullable String error, Instant at) {
    return new PinState.Copy(peer, "default", "id-" + peer, List.of(), status, 1000, error, at);
  }

  private synchronized void learn(State state) {
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.of(state), 0, offset++, AT, state.key(), state)));
  }

  private List<String> told() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
