package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that the hub's own node has no block of at first. */
class BroughtBlocksTest {
  private static final String APP = "registry.test/shop/app";
  private static final int LEAF = 262_144;
  private static final int LAYER = 6_000_000;

  /** Leaves of what is no layer. */
  private static final int FEW = 4;

  @TempDir Path folder;
  private RunningHub hub;
  private InMemoryIpfsNode own;
  private InMemoryIpfsNode far;
  private Cid dag;
  private List<Leaf> leaves;

  private static Deadline soon() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  @BeforeEach
  void start() throws Exception {
    hub = new RunningHub(folder, group("shops", rule("registry.test/shop/*")));
    own = hub.edge.own;
    far = hub.edge.far;
    MirroredImage away =
        MirroredImage.write(
            RandomImage.of(9, RandomImageOptions.small().withLayers(2, LAYER)), far);
    ImageState image = image(APP, away);
    hub.put(image, tag(APP, "9", image, List.of()), served(APP, "9", States.AT, image));
    hub.edge.states.pinned(away, "far");
    dag = away.dag();
    leaves = LeafOrder.of(dag, (cid, d) -> far.block(cid, Reach.LOCAL, d).bytes(), soon()).leaves();
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private List<Cid> ask(String site, Range... ranges) throws Exception {
    HttpResponse<byte[]> answer = answer(site, ranges);
    assertThat(answer.statusCode()).isEqualTo(200);
    List<Cid> cids = new ArrayList<>();
    CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
    for (Block block = car.next(); block != null; block = car.next()) {
      cids.add(block.cid());
    }
    return cids;
  }

  private HttpResponse<byte[]> answer(String site, Range... ranges) throws Exception {
    return hub.post(
        site,
        SitePaths.leaves(new SiteName(site), new ImageDag(dag)),
        SiteJson.write(new Leaves(List.of(ranges))));
  }

  private List<Cid> all() {
    return leaves.stream().map(Leaf::cid).toList();
  }

  private Range whole() {
    return new Range(0, leaves.size() - 1L);
  }

  /** Numbers of the leaves of each layer: all that one node has many of. */
  private List<Range> layers() {
    List<Range> layers = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= leaves.size(); i++) {
      if (i == leaves.size() || !leaves.get(i).parent().equals(leaves.get(begin).parent())) {
        if (i - begin > FEW) {
          layers.add(new Range(begin, i - 1L));
        }
        begin = i;
      }
    }
    assertThat(layers).hasSize(2);
    return layers;
  }

  private Cid parent(Range layer) {
    return leaves.get((int) layer.first()).parent();
  }

  private List<Cid> cids(Range range) {
    return all().subList((int) range.first(), (int) range.last() + 1);
  }

  private boolean has(Cid cid) {
    return own.storedBlocks().contains(cid);
  }

  @Test
  void bothSitesOfAnImageHaveItBroughtOnce() throws Exception {
    CountDownLatch gate = own.trouble().holdCalls();
    try (ExecutorService sites = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Cid>> north = sites.submit(() -> ask("north", whole()));
      Future<List<Cid>> other = sites.submit(() -> ask("site-1", whole()));
      gate.countDown();
      assertThat(north.get()).isEqualTo(all());
      assertThat(other.get()).isEqualTo(all());
    }

    assertThat(own.childrenFetched())
        .doesNotHaveDuplicates()
        .contains(parent(layers().getFirst()), parent(layers().getLast()));
    assertThat(own.pinned()).isEmpty();
  }

  @Test
  void whatFollowsALargeRequestIsBroughtBeforeItIsAskedFor() throws Exception {
    Range first = layers().getFirst();

    assertThat(ask("north", first)).isEqualTo(cids(first));

    Eventually.await(
        "the next layer is there", () -> cids(layers().getLast()).stream().allMatch(this::has));
  }

  @Test
  void fewLeavesOfANodeComeAlone() throws Exception {
    Range layer = layers().getFirst();
    Range one = new Range(layer.first() + 1, layer.first() + 1);

    assertThat(ask("north", one)).isEqualTo(cids(one));

    assertThat(own.childrenFetched()).isEmpty();
    assertThat(has(cids(layer).getLast())).isFalse();
  }

  @Test
  void anotherSiteGetsItAfterTheNodeCollected() throws Exception {
    assertThat(ask("north", whole())).isEqualTo(all());
    own.storedBlocks().forEach(own::lose);

    assertThat(ask("site-1", whole())).isEqualTo(all());
    assertThat(own.childrenFetched()).filteredOn(parent(layers().getFirst())::equals).hasSize(2);
  }

  @Test
  void aBlockThatIsMissingEverywhereBreaksOffAfterWhatIsThere() throws Exception {
    Range layer = layers().getFirst();
    Cid lost = cids(layer).getLast();
    byte[] bytes = far.block(lost, Reach.LOCAL, soon()).bytes();
    far.lose(lost);

    Range before = new Range(layer.first(), layer.last() - 1);
    assertThat(ask("north", before)).isEqualTo(cids(before));
    assertThat(answer("north", new Range(layer.last(), layer.last())).statusCode()).isEqualTo(503);

    // The peer has it again.
    far.importCar(sink -> sink.put(lost, bytes, 0, bytes.length), soon());
    assertThat(ask("north", whole())).isEqualTo(all());
  }

  @Test
  void aFullNodeServesWhatItHas() throws Exception {
    Range layer = layers().getFirst();
    Range first = new Range(layer.first(), layer.first() + 3);
    assertThat(ask("north", first)).isEqualTo(cids(first));
    Eventually.await(
        "both layers are brought",
        () -> layers().stream().flatMap(each -> cids(each).stream()).allMatch(this::has));
    cids(layers().getLast()).forEach(own::lose);
    own.trouble().limitStorage(0);

    assertThat(ask("north", layer)).isEqualTo(cids(layer));
    assertThat(answer("north", layers().getLast()).statusCode()).isEqualTo(503);

    own.trouble().clear();
    assertThat(ask("north", whole())).isEqualTo(all());
  }

  @Test
  void aPeerThatIsAwayIsAnsweredWith503AndServesOnceItIsBack() throws Exception {
    assertThat(
            hub.get("north", SitePaths.nodes(new SiteName("north"), new ImageDag(dag)))
                .statusCode())
        .isEqualTo(200);
    far.trouble().goDown();
    assertThat(answer("north", whole()).statusCode()).isEqualTo(503);

    far.trouble().clear();
    assertThat(ask("north", whole())).isEqualTo(all());
  }

  @Test
  void anAnswerThatNobodyReadsHasItsPartOfTheBudgetAndNoMore() throws IOException {
    BlockBudget budget = new BlockBudget(2L * LEAF);
    List<CarChunks> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      CarChunks answer =
          new CarChunks(
              dag,
              leaves.iterator(),
              (leaf, deadline) -> far.block(leaf.cid(), Reach.LOCAL, deadline).bytes(),
              budget);
      answers.add(answer);
      answer.next();
    }
    // Each has at most one block beside those that the budget has.
    assertThat(budget.taken()).isLessThanOrEqualTo((20 + 2) * (long) LEAF);
    answers.forEach(CarChunks::close);

    assertThat(budget.taken()).isZero();
  }
}
