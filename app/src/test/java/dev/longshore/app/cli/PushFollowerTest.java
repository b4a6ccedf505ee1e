package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PushFollowerTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final Digest DIGEST = Digest.sha256("1".repeat(64));
  private static final Recipe RECIPE = new Recipe("r".repeat(64));
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
    List<CopiesState.Copy> copies = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      InMemoryIpfsNode node = swarm.node(name);
      nodes.put(name, node);
      node.importCar(
          sink -> dag = UnixFsFileBuilder.build(new byte[1000], sink).cid(), Deadline.after(SOON));
      node.pin(dag, "longshore:default:copy", SOON, Deadline.after(SOON), PinProgress.NONE);
      copies.add(copy(name, CopyPhase.VERIFIED, null, AT));
    }
    learn(image(RECIPE, "plain", dag));
    learn(copies(copies));
  }

  private static ImageState image(Recipe recipe, String mode, Cid dag) {
    return new ImageState(
            DIGEST,
            recipe,
            new ModeName(mode),
            "application/vnd.oci.image.manifest.v1+json",
            new ImageDag(dag),
            new RootCid(dag),
            dag,
            List.of(),
            1,
            1000,
            List.of(),
            new PeerName("a"),
            RepositoryName.canonical("localhost:5055/team/app"),
            AT)
        .shownBy(Evidence.READ);
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
                  changesWhen("c: failed, its pin is gone; the pinner makes it again");
                  CopiesState.Copy anew = copy("c", CopyPhase.VERIFIED, null, AT.plusSeconds(9));
                  learn(copies(List.of(recorded("a"), recorded("b"), anew)));
                });

    Found found = follower.await(SOON);

    pinner.join();
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
    assertThat(told())
        .doesNotHaveDuplicates()
        .containsSubsequence(
            "c: failed, its pin is gone; the pinner makes it again", "c: verified");
  }

  @Test
  void aPinWithoutItsBlocksIsNoCopy() throws Exception {
    nodes.get("b").lose(dag);

    Found found = follower().await(Duration.ofMillis(200));

    assertThat(told())
        .contains("b: failed, it is pinned, but blocks are gone; the pinner makes it again")
        .doesNotContain("b: verified");
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void aPeerThatDoesNotAnswerIsNotSaidToHaveItAndNotWaitedFor() throws Exception {
    nodes.get("b").trouble().goDown();

    Found found = follower().await(SOON);

    assertThat(told())
        .doesNotContain("b: verified")
        .anyMatch(line -> line.startsWith("b: failed, unconfirmed: "));
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(found.conversions().getFirst().copiesText()).isEqualTo("2 of 3");
  }

  @Test
  void whatNobodyHasAnyMoreIsWaitedFor() throws Exception {
    List<CopiesState.Copy> gone =
        List.of("a", "b", "c").stream()
            .map(name -> copy(name, CopyPhase.FAILED, "gone", AT))
            .toList();
    learn(copies(gone));

    assertWaits(follower());
  }

  private static void assertWaits(PushFollower follower) throws Exception {
    Duration limit = Duration.ofMillis(200);
    long start = System.nanoTime();

    Found found = follower.await(limit);

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(limit.toNanos());
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void itsOwnFailureForGoodEndsTheWait() {
    fails(names(), WorkFailure.Kind.PERMANENT, AT.plusSeconds(1));

    assertThatThrownBy(() -> follower().await(SOON))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("convert of " + names() + " failed (BLOB_UNKNOWN): no such layer");
  }

  @Test
  void aFailureOfBeforeIsToldAndIsNotItsOwn() throws Exception {
    fails(names(), WorkFailure.Kind.PERMANENT, AT.minusSeconds(1));

    Found found = follower().await(SOON);

    assertThat(told()).contains("convert: no such layer");
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"the name", "the image", "the repository"})
  void whatWaitsIsToldOnceAndWaitedFor(String what) throws Exception {
    Map<String, String> keys =
        Map.of(
            "the name", names(), "the image", dag.toString(), "the repository", "local/team/app");
    fails(keys.get(what), WorkFailure.Kind.TRANSIENT, AT.plusSeconds(1));

    Found found = follower().await(SOON);

    assertThat(told()).doesNotHaveDuplicates().contains("convert: no such layer");
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @Test
  void eachModeIsWaitedFor() throws Exception {
    Recipe other = new Recipe("s".repeat(64));
    PushFollower follower = follower(RECIPE, other);
    Thread converter =
        Thread.ofVirtual()
            .start(
                () -> {
                  changesWhen("c: verified");
                  learn(image(other, "estargz", Cid.stored("bafyother")));
                  changesWhen("estargz: bafyother, " + Sizes.text(1000));
                  learn(copies(ImageDag.stored("bafyother"), 1, List.of(recorded("a"))));
                });

    Found found = follower.await(SOON);

    converter.join();
    assertThat(found.conversions()).hasSize(2);
    assertThat(found.exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @Test
  void whatDoesNotComeInTimeIsSaidToBeUnderWay() {
    assertThatThrownBy(() -> follower(new Recipe("s".repeat(64))).await(Duration.ofMillis(200)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("was not converted within 0 s; the work goes on");
  }

  @Test
  void whenNoPeerIsLeftToTryNothingIsWaitedFor() throws Exception {
    learn(copies(List.of(recorded("a"), recorded("b"), copy("c", CopyPhase.FAILED, "full", AT))));

    long start = System.nanoTime();
    Found found = follower().await(SOON);

    assertThat(System.nanoTime() - start).isLessThan(SOON.toNanos() / 2);
    assertThat(told()).contains("c: failed, full");
    assertThat(found.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPeerThatIsStillToBeTriedIsWaitedFor(boolean begun) throws Exception {
    List<CopiesState.Copy> copies = new ArrayList<>(List.of(recorded("a"), recorded("b")));
    if (begun) {
      copies.add(copy("c", CopyPhase.COPYING, null, AT));
    }
    learn(copies(copies));

    assertWaits(follower());
  }

  /** Who pulls by the name gets what the pinner has recorded of it. */
  @Test
  void theEndIsWhenTheNameIsRecordedToShowTheImage() throws Exception {
    TagState name =
        new TagState(
            RepositoryName.canonical("localhost:5055/team/app"),
            new Tag("1"),
            DIGEST,
            "application/vnd.oci.image.manifest.v1+json",
            1,
            List.of(),
            false,
            Origin.PUSH,
            AT,
            AT);
    learn(name);
    Found early = follower().await(Duration.ofMillis(200));
    assertThat(early.shows().behind()).isTrue();

    Shown shown = new Shown(catalog, new Rules(List.of()));
    learn(shown.of(name, Optional.empty(), () -> AT).orElseThrow());
    long start = System.nanoTime();
    Found found = follower().await(SOON);

    assertThat(System.nanoTime() - start).isLessThan(SOON.toNanos() / 2);
    assertThat(found.shows().behind()).isFalse();
  }

  private static String names() {
    return "localhost:5055/team/app:1";
  }

  private synchronized void fails(String key, WorkFailure.Kind kind, Instant at) {
    @Nullable Instant next = kind == WorkFailure.Kind.TRANSIENT ? at.plusSeconds(5) : null;
    var failure =
        new WorkFailure(key, "convert", kind, "BLOB_UNKNOWN", null, "no such layer", 1, at, next);
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.FAILED, 0, offset++, AT, key, null, failure)));
  }

  private PushFollower follower() {
    return follower(RECIPE);
  }

  private PushFollower follower(Recipe... recipes) {
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
        List.of(recipes),
        AT,
        layers,
        new LiveCopies(push.shared().peers(), peer -> nodes.get(peer.name()), SOON),
        terminal);
  }

  private SharedSettings shared(RegistrySettings registry) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(registry),
        nodes.keySet().stream().map(PushFollowerTest::peer).toList(),
        List.of(),
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
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
        false);
  }

  private void changesWhen(String line) {
    Eventually.await(line, () -> told().contains(line));
  }

  private CopiesState.Copy recorded(String peer) {
    return catalog.copies().of(new ImageDag(dag)).copies().stream()
        .filter(copy -> copy.peer().text().equals(peer))
        .findFirst()
        .orElseThrow();
  }

  private List<State> copies(List<CopiesState.Copy> copies) {
    return copies(new ImageDag(dag), 3, copies);
  }

  /** What the pinner writes in one transaction. */
  private static List<State> copies(ImageDag dag, int wanted, List<CopiesState.Copy> copies) {
    int verified = (int) copies.stream().filter(c -> c.state() == CopyPhase.VERIFIED).count();
    return List.of(
        new CopiesState(dag, copies),
        new PinState(
            dag,
            wanted,
            List.of(),
            new PeerName("a"),
            true,
            AT,
            1,
            verified,
            AT,
            AT,
            verified < wanted ? null : AT,
            PinPhase.KEPT,
            AT));
  }

  private static CopiesState.Copy copy(
      String peer, CopyPhase state, @Nullable String error, Instant at) {
    return new CopiesState.Copy(new PeerName(peer), state, 1000, error, null, null, at);
  }

  private synchronized void learn(List<State> states) {
    catalog
        .writer()
        .apply(
            states.stream()
                .map(
                    state ->
                        new CatalogRecord(Topic.of(state), 0, offset++, AT, state.key(), state))
                .toList());
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
