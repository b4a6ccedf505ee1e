package dev.longshore.resolver.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that one node of the site keeps. */
class AnyNodePlacementTest {
  private static final Duration LONG_UNWANTED = KeptDags.EVICT_AFTER.plusHours(1);

  /** Longer than between two questions who has an image. */
  private static final Duration SECONDS = Duration.ofSeconds(11);

  @TempDir private Path folder;
  private SiteNodes site;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  private List<SiteBed> holders() {
    return site.nodes.stream().filter(node -> node.pinned(site.image)).toList();
  }

  private SiteBed keeper() {
    Eventually.await("one node has it", () -> !holders().isEmpty());
    return holders().getFirst();
  }

  /** The hub's clock goes on by that again and again meanwhile. */
  private void eventually(String what, Duration pass, BooleanSupplier holds) {
    Eventually.await(
        what,
        () -> {
          pass(pass);
          return holds.getAsBoolean();
        });
  }

  private void pass(Duration time) {
    site.hub.now = site.hub.now.plus(time);
    site.hub.poke();
  }

  private void awaitReportedPresent(String node) {
    eventually(
        node + " says that the site has it",
        SECONDS,
        () ->
            site.last(node)
                .filter(r -> r.present().images() == 1 && r.behind().images() == 0)
                .isPresent());
  }

  private NameChange push(Keep keep) {
    return site.hub.push(SiteBed.REPOSITORY, "1.0", site.image, keep, 0, null);
  }

  private void threeNodes() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      site.node(name);
    }
    site.startAcquainted();
  }

  @Test
  void whatRefersToItIsKeptByOneNodeToo() throws Exception {
    threeNodes();
    MirroredImage signature =
        MirroredImage.write(Referrers.signatureOf(site.image.image(), "signed"), site.hub.centre);

    site.hub.follow(push(Keep.ANY_NODE), Map.of(signature, site.image.digest()));

    keeper();
    Eventually.await(
        "one node has it", () -> site.nodes.stream().anyMatch(node -> node.pinned(signature)));
    for (SiteBed node : site.nodes) {
      String list = "/v2/" + SiteBed.REPOSITORY + "/referrers/" + site.image.digest();
      assertThat(new String(site.resolver(node).get(list).body(), UTF_8))
          .contains(signature.digest().toString());
    }
    assertThat(site.hub.sentLeaves.get())
        .as("over the line once")
        .isEqualTo(site.leaves() + site.hub.order(signature.dag()).leaves().size());
  }

  @Test
  void aDigestOfAnotherModeComesFromTheNodeThatHasIt() throws Exception {
    threeNodes();
    MirroredImage plain = site.hub.image(7);
    site.hub.offer(push(Keep.ANY_NODE), "estargz", plain);
    SiteBed keeper = keeper();
    for (String node : List.of("a", "b", "c")) {
      awaitReportedPresent(node);
      eventually(
          node + " has heard of it",
          SECONDS,
          () -> site.last(node).filter(r -> !"c1".equals(r.cursor())).isPresent());
    }
    String digest = "/v2/" + SiteBed.REPOSITORY + "/manifests/" + plain.digest();
    assertThat(site.resolver(keeper).get(digest).statusCode()).isEqualTo(200);
    Eventually.await("it is there whole", () -> keeper.pinned(plain));
    int sent = site.hub.sentLeaves.get();
    site.hub.status = 503;

    for (SiteBed node : site.nodes) {
      if (node != keeper) {
        assertThat(site.resolver(node).get(digest).body()).isEqualTo(plain.image().root().body());
      }
    }
    assertThat(site.hub.sentLeaves.get()).isEqualTo(sent);
  }

  @Test
  void oneNodeKeepsItAndTheOthersServeItFromThere() throws Exception {
    threeNodes();

    push(Keep.ANY_NODE);

    SiteBed keeper = keeper();
    List.of("a", "b", "c").forEach(this::awaitReportedPresent);
    assertThat(holders()).containsExactly(keeper);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
    SiteBed other = site.nodes.stream().filter(node -> node != keeper).findFirst().orElseThrow();
    site.pull(site.resolver(other));
    assertThat(site.hub.sentLeaves.get()).as("not from the hub").isEqualTo(site.leaves());
  }

  @Test
  void theNextOneKeepsItWhenThatOneIsAwayForLong() throws Exception {
    site.node("a");
    site.node("b");
    site.startAcquainted();
    push(Keep.ANY_NODE);
    SiteBed keeper = keeper();
    SiteBed next = site.nodes.stream().filter(node -> node != keeper).findFirst().orElseThrow();
    List.of("a", "b").forEach(this::awaitReportedPresent);
    keeper.stop();
    next.stop();
    int before = site.hub.sentLeaves.get();

    next.start();
    pass(AnyNodePlacement.AWAY.minusMinutes(10));
    long asked = site.hub.requests.size();
    Eventually.await("it follows", () -> site.hub.requests.size() > asked);
    assertThat(next.pinned(site.image)).isFalse();

    pass(Duration.ofMinutes(11));
    eventually("the next one has it", SECONDS, () -> next.pinned(site.image));
    assertThat(site.hub.sentLeaves.get()).isEqualTo(before + site.leaves());

    keeper.start();
    eventually("that one is back", LONG_UNWANTED, () -> holders().equals(List.of(keeper)));
  }

  @Test
  void whereARuleChangesTheOthersLetGoAndBack() throws Exception {
    threeNodes();
    push(Keep.EVERY_NODE);
    site.nodes.forEach(site::awaitHere);
    int before = site.hub.sentLeaves.get();

    push(Keep.ANY_NODE);
    for (SiteBed node : site.nodes) {
      node.awaitReport("of the rule", report -> "c2".equals(report.cursor()));
    }
    eventually("the others let go", LONG_UNWANTED, () -> holders().size() == 1);
    List.of("a", "b", "c").forEach(this::awaitReportedPresent);
    pass(LONG_UNWANTED);

    push(Keep.EVERY_NODE);
    site.nodes.forEach(site::awaitHere);
    assertThat(site.hub.sentLeaves.get()).as("one had it all the time").isEqualTo(before);
  }

  @Test
  void theLastCopyStaysUntilTheOneThatIsToKeepItHasIt() throws Exception {
    SiteBed node = site.node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = site.honest(name);
      twin.state = State.ABSENT;
      twin.status = 503;
    }
    site.startAcquainted();
    push(Keep.EVERY_NODE);
    site.awaitHere(node);

    push(Keep.ANY_NODE);
    Eventually.await(
        "it heard of the rule", () -> "c2".equals(site.last("a").orElseThrow().cursor()));
    awaitReportedPresent("a");
    pass(LONG_UNWANTED);
    MirroredImage next = site.hub.image(7);
    site.hub.push(SiteBed.REPOSITORY, "next", next);
    Eventually.await("what may go went before that came", () -> node.pinned(next));
    assertThat(node.pinned(site.image)).isTrue();

    site.twins.forEach(twin -> twin.state = State.HERE);
    eventually("it goes", LONG_UNWANTED, () -> !node.pinned(site.image));
  }

  /** What a node's own store says; -1 if nothing. */
  private static long stored(SiteBed node, String sql) {
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + node.home.resolve("site/site.db"));
        Statement statement = store.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : -1;
    } catch (SQLException e) {
      return -1;
    }
  }

  @Test
  void whereTheLastCopyMayNotGoNothingIsCollected() throws Exception {
    SiteBed node = site.node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      site.honest(name);
    }
    site.startAcquainted();
    push(Keep.EVERY_NODE);
    site.awaitHere(node);
    push(Keep.ANY_NODE);
    Eventually.await(
        "another one has it", () -> stored(node, "SELECT MAX(elsewhere) FROM dags") == 2);
    site.hub.push(SiteBed.REPOSITORY, "next", site.hub.image(7), Keep.ON_DEMAND, 0, null);
    node.awaitReport("of the next", report -> "c3".equals(report.cursor()));
    site.twins.forEach(twin -> twin.state = State.ABSENT);
    byte[] part = {1, 2, 3};
    Cid some = Cid.raw(MessageDigest.getInstance("SHA-256").digest(part));
    var _ =
        node.own.importCar(
            sink -> sink.put(some, part, 0, part.length), Deadline.after(Duration.ofSeconds(10)));

    node.measured = () -> new Disk.Space(1L << 30, 100L << 30);
    assertThatThrownBy(
            () ->
                node.service()
                    .upstream()
                    .names()
                    .bring(
                        RepositoryName.canonical(SiteBed.REPOSITORY),
                        new Selector.ByTag(new Tag("next")),
                        "a caller"))
        .hasMessageContaining("full");

    assertThat(node.pinned(site.image)).isTrue();
    assertThat(node.own.storedBlocks()).contains(some);
  }

  @Test
  void anotherModeOfItGoesAWeekAfterItsPullThoughNoOtherNodeHasIt() throws Exception {
    SiteBed node = site.node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = site.twin(name);
      twin.state = State.ABSENT;
      twin.status = 503;
    }
    site.startAcquainted();
    MirroredImage other = site.hub.image(2);
    site.hub.offer(push(Keep.ANY_NODE), "estargz", other);
    node.awaitReport("of both modes", report -> "c2".equals(report.cursor()));
    RunningResolver resolver = site.resolver(node);
    site.pull(resolver);
    String manifest = "/v2/" + SiteBed.REPOSITORY + "/manifests/" + other.digest();
    assertThat(resolver.get(manifest).statusCode()).isEqualTo(200);
    Eventually.await("it is here whole", () -> node.pinned(other));

    eventually("it goes", LONG_UNWANTED, () -> !node.pinned(other));
  }

  @Test
  void whatIsForgottenGoesFromEachNode() throws Exception {
    threeNodes();
    NameChange change = push(Keep.ANY_NODE);
    SiteBed keeper = keeper();
    for (SiteBed node : site.nodes) {
      if (node != keeper) {
        site.pull(site.resolver(node));
        site.awaitHere(node);
      }
    }

    site.hub.remove(change, RemovalReason.FORGOTTEN);

    Eventually.await("nobody has it", () -> holders().isEmpty());
  }

  @Test
  void aNodeThatIsAloneKeepsIt() throws Exception {
    SiteBed node = site.node("a");
    node.neighbors = null;
    node.start();

    push(Keep.ANY_NODE);

    site.awaitHere(node);
  }
}
