package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.testing.FlatFs;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RootCid;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hub gives its sites of its images, and what not. */
class SiteBlocksTest {
  private static final String APP = "registry.test/shop/app";
  private static final String NAMED = "registry.test/shop/named";
  private static final String SECRET = "registry.test/shop/secret";
  private static final String MAIL = "registry.test/office/mail";

  @TempDir Path folder;
  @TempDir Path repository;
  private RunningHub hub;
  private MirroredImage mirrored;
  private ImageState image;
  private LeafOrder order;

  private static Deadline soon() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  @BeforeEach
  void start() throws Exception {
    FlatFs.create(repository);
    hub =
        new RunningHub(
            folder,
            repository,
            List.of(),
            group(
                "shops",
                rule("registry.test/shop/ci", TagSettings.ALL, 1),
                rule(NAMED, TagSettings.ALL, null, Mode.ESTARGZ),
                rule(SECRET, TagSettings.ALL, null, Mode.ENCRYPTED),
                rule("registry.test/shop/*")),
            group("offices", rule("registry.test/office/*")));
    hub.groups.put("south", "offices");
    mirrored = mirror(1);
    image = image(APP, mirrored);
    order = order(mirrored);
    hub.put(image, tag(APP, "1", image, List.of()), served(APP, "1", States.AT, image));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  /** Layers of four leaves each. */
  private MirroredImage mirror(long seed) throws IOException {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(2, 1_000_000)), hub.edge.own);
  }

  private LeafOrder order(MirroredImage of) throws IOException {
    return LeafOrder.of(
        of.dag(), (cid, d) -> hub.edge.own.block(cid, Reach.LOCAL, d).bytes(), soon());
  }

  private String nodes(String site, Cid dag) {
    return SitePaths.nodes(new SiteName(site), new ImageDag(dag));
  }

  private HttpResponse<byte[]> leaves(String site, Cid dag, Range... ranges) throws Exception {
    return hub.post(
        site,
        SitePaths.leaves(new SiteName(site), new ImageDag(dag)),
        SiteJson.write(new Leaves(List.of(ranges))));
  }

  static List<Cid> cids(HttpResponse<byte[]> answer) throws IOException {
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    List<Cid> cids = new ArrayList<>();
    CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
    for (Block block = car.next(); block != null; block = car.next()) {
      cids.add(block.cid());
    }
    return cids;
  }

  private List<Cid> leafCids() {
    return order.leaves().stream().map(LeafOrder.Leaf::cid).toList();
  }

  private Range all() {
    return new Range(0, order.leaves().size() - 1);
  }

  @Test
  void innerNodesComeInTheOrderThatNumbersTheLeaves() throws Exception {
    assertThat(cids(hub.get("north", nodes("north", mirrored.dag())))).isEqualTo(order.nodes());
  }

  @Test
  void thoseOfWhatTheSiteHasDoNotComeAgain() throws Exception {
    // The same image with another layer: its directories differ, its large files do not.
    MirroredImage other = mirror(2);
    ImageState later = image(APP, other);
    hub.put(later, tag(APP, "2", later, List.of()), served(APP, "2", States.AT, later));
    LeafOrder its = order(other);
    List<Cid> lacking = its.nodes().stream().filter(cid -> !order.nodes().contains(cid)).toList();

    List<Cid> sent =
        cids(hub.get("north", nodes("north", other.dag()) + "?have=" + mirrored.dag()));

    assertThat(sent).isEqualTo(lacking);
    assertThat(cids(hub.get("north", nodes("north", other.dag()) + "?have=" + other.dag())))
        .isEmpty();
    // What it has no right to is as if it did not have it, and so is nonsense.
    ImageState secret = image(MAIL, other);
    assertThat(secret.imageDag()).isEqualTo(later.imageDag());
    MirroredImage foreign = mirror(3);
    ImageState mail = image(MAIL, foreign);
    hub.put(mail, tag(MAIL, "1", mail, List.of()), served(MAIL, "1", States.AT, mail));
    assertThat(
            cids(
                hub.get(
                    "north",
                    nodes("north", other.dag()) + "?have=" + foreign.dag() + "&have=nonsense")))
        .isEqualTo(its.nodes());
    String many = "?have=" + String.join("&have=", Collections.nCopies(9, "x"));
    assertThat(hub.get("north", nodes("north", other.dag()) + many).statusCode()).isEqualTo(400);
  }

  @Test
  void leavesComeByTheirNumbers() throws Exception {
    assertThat(order.leaves().size()).isGreaterThan(10);
    assertThat(cids(leaves("north", mirrored.dag(), all()))).isEqualTo(leafCids());
    assertThat(cids(leaves("north", mirrored.dag(), new Range(1, 2), new Range(5, 5))))
        .isEqualTo(List.of(leafCids().get(1), leafCids().get(2), leafCids().get(5)));
  }

  @Test
  void numbersThatAreNoneAreRefused() throws Exception {
    int end = order.leaves().size();
    List<Range[]> wrong =
        List.of(
            new Range[] {},
            new Range[] {new Range(-1, 0)},
            new Range[] {new Range(0, end)},
            new Range[] {new Range(end, end)},
            new Range[] {new Range(3, 2)},
            new Range[] {new Range(0, 1), new Range(2, 3)},
            new Range[] {new Range(0, 1), new Range(1, 3)},
            new Range[] {new Range(4, 5), new Range(0, 1)},
            new Range[] {new Range(0, Long.MAX_VALUE)},
            new Range[] {new Range(Long.MAX_VALUE, Long.MAX_VALUE), new Range(0, 0)},
            new Range[] {new Range(Long.MIN_VALUE, Long.MAX_VALUE)},
            LongStream.range(0, 1_025)
                .mapToObj(n -> new Range(2 * n, 2 * n))
                .toArray(Range[]::new));
    for (Range[] ranges : wrong) {
      assertThat(leaves("north", mirrored.dag(), ranges).statusCode())
          .as("%s", List.of(ranges))
          .isEqualTo(400);
    }
    String path = SitePaths.leaves(new SiteName("north"), new ImageDag(mirrored.dag()));
    StringBuilder tenThousand = new StringBuilder("{\"ranges\":[");
    for (int i = 0; i < 10_000; i++) {
      tenThousand
          .append("{\"first\":")
          .append(2 * i)
          .append(",\"last\":")
          .append(2 * i)
          .append("},");
    }
    for (String body :
        List.of("", "[]", "{}", "nonsense", "{\"ranges\":[{}]}", tenThousand + "{}]}")) {
      assertThat(hub.post("north", path, body.getBytes(StandardCharsets.UTF_8)).statusCode())
          .as(body.substring(0, Math.min(40, body.length())))
          .isEqualTo(400);
    }
  }

  @Test
  void whatNoRuleNamesDoesNotExist() throws Exception {
    MirroredImage foreign = mirror(3);
    ImageState mail = image(MAIL, foreign);
    hub.put(mail, tag(MAIL, "1", mail, List.of()), served(MAIL, "1", States.AT, mail));

    assertThat(hub.get("north", nodes("north", foreign.dag())).statusCode()).isEqualTo(404);
    assertThat(leaves("north", foreign.dag(), new Range(0, 0)).statusCode()).isEqualTo(404);
    assertThat(cids(hub.get("south", nodes("south", foreign.dag())))).isNotEmpty();
    // Nor does another site, nor what is no image.
    assertThat(hub.get("north", nodes("south", foreign.dag())).statusCode()).isEqualTo(403);
    assertThat(hub.get("puller", nodes("north", mirrored.dag())).statusCode()).isEqualTo(403);
    assertThat(hub.get("north", nodes("north", order.nodes().get(1))).statusCode()).isEqualTo(404);
    assertThat(hub.get("north", nodes("north", leafCids().getFirst())).statusCode()).isEqualTo(404);
    assertThat(
            hub.get("north", nodes("north", mirrored.dag()).replace(mirrored.dag().toString(), "x"))
                .statusCode())
        .isEqualTo(404);
  }

  private ImageState inMode(String mode, MirroredImage other) {
    return inMode(mode, other, image);
  }

  private static ImageState inMode(String mode, MirroredImage other, ImageState of) {
    return new ImageState(
            of.digest(),
            new Recipe(mode),
            new ModeName(mode),
            of.mediaType(),
            new ImageDag(other.dag()),
            new RootCid(other.root()),
            other.manifest(),
            of.platforms(),
            of.blobs(),
            of.bytes(),
            List.of(),
            of.ingestPeer(),
            of.name(),
            States.AT)
        .shownBy(Evidence.READ);
  }

  @Test
  void whatANameShowsInAnotherModeExistsUnlessTheNameAloneIsEncrypted() throws Exception {
    MirroredImage other = mirror(4);
    assertThat(hub.get("north", nodes("north", other.dag())).statusCode()).isEqualTo(404);

    ImageState lazy = inMode("estargz", other);
    hub.put(lazy, served(APP, "1", States.AT, image, lazy));

    assertThat(hub.get("north", nodes("north", other.dag())).statusCode()).isEqualTo(200);
    assertThat(hub.get("south", nodes("south", other.dag())).statusCode()).isEqualTo(404);

    ImageState encrypted = inMode("encrypted", other);
    hub.put(encrypted, served(APP, "1", States.AT, encrypted, image));

    assertThat(hub.get("north", nodes("north", other.dag())).statusCode()).isEqualTo(200);
    assertThat(hub.get("north", nodes("north", mirrored.dag())).statusCode()).isEqualTo(404);
  }

  @Test
  void besideAModeThatARuleNamesAnotherExistsUnlessThatIsEncrypted() throws Exception {
    for (String repository : List.of(NAMED, SECRET)) {
      MirroredImage source = mirror(repository.equals(SECRET) ? 6 : 8);
      MirroredImage made = mirror(repository.equals(SECRET) ? 7 : 9);
      ImageState plain = image(repository, source);
      ImageState other = inMode(repository.equals(SECRET) ? "encrypted" : "estargz", made, plain);
      hub.put(
          plain,
          other,
          tag(repository, "1", plain, List.of()),
          served(repository, "1", States.AT, plain, other));

      assertThat(hub.get("north", nodes("north", made.dag())).statusCode()).isEqualTo(200);
      assertThat(hub.get("north", nodes("north", source.dag())).statusCode())
          .as(repository)
          .isEqualTo(repository.equals(SECRET) ? 404 : 200);
    }
  }

  @Test
  void aVersionThatItsTagLeftExistsForADay() throws Exception {
    ImageState next = image(APP, mirror(2));
    TagState.Version left =
        new TagState.Version(image.digest(), Origin.WEBHOOK, States.AT, States.AT, States.AT);
    hub.put(next, tag(APP, "1", next, List.of(left)), served(APP, "1", States.AT, next));

    hub.edge.clock.advance(Duration.ofHours(24).minusSeconds(1));
    assertThat(hub.get("north", nodes("north", mirrored.dag())).statusCode()).isEqualTo(200);
    assertThat(hub.get("south", nodes("south", mirrored.dag())).statusCode()).isEqualTo(404);
    hub.edge.clock.advance(Duration.ofSeconds(1));
    assertThat(hub.get("north", nodes("north", mirrored.dag())).statusCode()).isEqualTo(404);
    assertThat(hub.get("north", nodes("north", next.imageDag().cid())).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotAmongTheNewestDoesNotExist() throws Exception {
    String ci = "registry.test/shop/ci";
    ImageState first = image(ci, mirror(2));
    ImageState second = image(ci, mirror(3));
    hub.put(
        first,
        second,
        tag(ci, "1", first, List.of()),
        tag(ci, "2", second, List.of()),
        served(ci, "1", States.AT, first),
        served(ci, "2", States.AT.plusSeconds(1), second));

    assertThat(hub.get("north", nodes("north", first.imageDag().cid())).statusCode())
        .isEqualTo(404);
    assertThat(hub.get("north", nodes("north", second.imageDag().cid())).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aForgottenImageIsGoneAtOnce() throws Exception {
    assertThat(hub.get("north", nodes("north", mirrored.dag())).statusCode()).isEqualTo(200);
    hub.put(
        DecisionState.of(
            "d1",
            new Decision.Forget("app", List.of(image.digest())),
            "alice",
            "a private key",
            States.AT,
            null));

    assertThat(hub.get("north", nodes("north", mirrored.dag())).statusCode()).isEqualTo(404);
    assertThat(leaves("north", mirrored.dag(), all()).statusCode()).isEqualTo(404);
  }

  @Test
  void blocksAreReadFromTheNodesFilesAndFromTheNodeWhereTheyDoNotLieThere() throws Exception {
    for (Cid cid : leafCids()) {
      FlatFs.put(repository, cid, hub.edge.own.block(cid, Reach.LOCAL, soon()).bytes());
    }
    Cid missing = leafCids().get(3);
    Files.delete(FlatFs.file(repository, missing));
    for (Cid cid : leafCids()) {
      if (!cid.equals(missing)) {
        hub.edge.own.lose(cid);
      }
    }

    assertThat(cids(leaves("north", mirrored.dag(), all()))).isEqualTo(leafCids());
  }

  @Test
  void blocksThatTheNodeLacksComeFromItsPeers() throws Exception {
    InMemoryIpfsNode far = hub.edge.far;
    MirroredImage away =
        MirroredImage.write(
            RandomImage.of(9, RandomImageOptions.small().withLayers(2, 600_000)), far);
    ImageState its = image(APP, away);
    hub.put(its, tag(APP, "9", its, List.of()), served(APP, "9", States.AT, its));
    hub.edge.states.pinned(away, "far");

    List<Cid> sent = cids(hub.get("north", nodes("north", away.dag())));
    assertThat(sent).isNotEmpty();
    assertThat(cids(leaves("north", away.dag(), new Range(0, 3)))).hasSize(4);
  }

  @Test
  void aWrongOrMissingBlockBreaksTheAnswerBeforeIt() throws Exception {
    int last = leafCids().size() - 1;
    hub.edge.own.corrupt(leafCids().get(last));
    assertThatThrownBy(() -> leaves("north", mirrored.dag(), all()))
        .isInstanceOf(IOException.class);
    // Nothing was sent before it: an answer says so.
    assertThat(leaves("north", mirrored.dag(), new Range(last, last)).statusCode()).isEqualTo(503);
    assertThat(cids(leaves("north", mirrored.dag(), new Range(0, last - 1)))).hasSize(last);

    // The same with a file.
    FlatFs.put(repository, leafCids().get(1), new byte[100]);
    assertThat(leaves("north", mirrored.dag(), new Range(1, 1)).statusCode()).isEqualTo(503);
    hub.edge.own.lose(leafCids().get(2));
    assertThat(leaves("north", mirrored.dag(), new Range(2, 2)).statusCode()).isEqualTo(503);
  }

  @Test
  void anAnswerBreaksOffWhenItsSiteIsShutOut() {
    // Once as it asks, and once for the first of several chunks.
    hub.looks.set(2);

    assertThatThrownBy(() -> leaves("north", mirrored.dag(), all()))
        .isInstanceOf(IOException.class);
  }
}
