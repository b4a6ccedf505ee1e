package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.events.DecisionState;
import dev.longshore.model.Digest;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.SharedLayer;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.FirstSeed;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people decided to forget is refused, whoever asks and however. */
class ForgottenImagesTest extends ServedRegistry {
  /** Each commit tries others; 20 at night. */
  private static final int SEEDS = Integer.getInteger("longshore.forgotten.seeds", 2);

  private static final int STEPS = 40;

  @Test
  void nothingOfAForgottenImageIsServedByNameDigestOrCid() throws Exception {
    List<String> paths =
        List.of(
            APP + "/manifests/v1",
            "/v2/app/manifests/v1",
            APP + "/manifests/" + image.digest(),
            layerPath,
            APP + "/referrers/" + image.digest(),
            "/v2/ipfs/" + image.root() + "/manifests/latest",
            "/v2/ipfs/" + image.dag() + "/manifests/latest",
            "/v2/ipfs/" + image.dag() + "/blobs/" + layerPath.substring(APP.length() + 7));
    for (String path : paths) {
      assertThat(resolver.get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(texts(resolver.get(APP + "/tags/list"), "tags")).containsExactly("v1");

    DecisionState decision = edge.states.forgotten("f1", image.digest());

    for (String path : paths) {
      assertDenied(path);
    }
    assertThat(texts(resolver.get(APP + "/tags/list"), "tags")).isEmpty();
    assertThat(texts(resolver.get("/v2/_catalog"), "repositories")).isEmpty();

    edge.states.undone(decision);
    for (String path : paths) {
      assertThat(resolver.get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(texts(resolver.get(APP + "/tags/list"), "tags")).containsExactly("v1");
  }

  /** The reason may say what was in it. */
  private void assertDenied(String path) throws Exception {
    HttpResponse<byte[]> answer = resolver.get(path);
    assertError(answer, 403, "DENIED");
    JsonNode error = JSON.readTree(answer.body()).get("errors").get(0);
    assertThat(error.get("message").asText())
        .as(path)
        .contains("was forgotten on 2026-03-01T10:00:00Z")
        .doesNotContain("private key");
    assertThat(resolver.head(path).statusCode()).as("HEAD " + path).isEqualTo(403);
  }

  @Test
  void aModesOwnDigestAndTagsWithItsSuffixAreRefusedToo() throws Exception {
    MirroredImage lazy = MirroredImage.write(RandomImage.of(7), edge.far);
    edge.states.madeOf(image.digest().toString(), lazy, "estargz");
    edge.states.pinned(lazy, "far");
    String own = APP + "/manifests/" + lazy.digest();
    String suffixed = APP + "/manifests/v1-estargz";
    assertThat(resolver.get(own).statusCode()).isEqualTo(200);
    assertThat(resolver.get(suffixed).statusCode()).isEqualTo(200);

    edge.states.forgotten("f1", image.digest());
    assertDenied(own);
    assertDenied(suffixed);
  }

  @Test
  void aForgottenIndexTakesItsManifestsWithIt() throws Exception {
    MirroredImage index = edge.mirror(RandomImage.of(3, RandomImageOptions.multiPlatform()));
    edge.states.tag(Edge.REPOSITORY, "many", index.digest().toString());
    assertThat(resolver.get(APP + "/manifests/many").statusCode()).isEqualTo(200);
    List<String> children =
        index.image().manifests().stream()
            .map(RandomImage.StoredManifest::digest)
            .filter(digest -> !digest.equals(index.image().rootDigest()))
            .toList();
    assertThat(children).hasSizeGreaterThan(2);

    edge.states.forgotten("f1", index.digest());
    for (String child : children) {
      assertDenied(APP + "/manifests/" + child);
    }
  }

  /** It is forgotten wherever it is, and an index that stays lacks it from now on. */
  @Test
  void aForgottenManifestOfAnIndexThatStaysIsRefusedAlone() throws Exception {
    MirroredImage index = edge.mirror(RandomImage.of(3, RandomImageOptions.multiPlatform()));
    edge.states.tag(Edge.REPOSITORY, "many", index.digest().toString());
    String child = index.image().manifests().getFirst().digest();

    edge.states.forgotten("f1", Digest.parse(child));
    assertDenied(APP + "/manifests/" + child);
    assertDenied("/v2/ipfs/" + index.dag() + "/manifests/" + child);
    assertThat(resolver.get(APP + "/manifests/many").statusCode()).isEqualTo(200);
  }

  @Test
  void layersThatAnotherImageOfTheRepositoryHasStay() throws Exception {
    SharedLayer both = SharedLayer.of(50);
    MirroredImage one = tagged("one", both.one());
    tagged("other", both.other());

    assertThat(resolver.get(APP + "/manifests/one").statusCode()).isEqualTo(200);

    edge.states.forgotten("f1", one.digest());
    assertDenied(APP + "/manifests/one");
    assertDenied(APP + "/blobs/" + SharedLayer.ownLayer(both.one(), both));
    assertThat(resolver.get(APP + "/blobs/" + both.digest()).body())
        .isEqualTo(both.one().blobs().get(both.digest()));
    assertThat(resolver.get(APP + "/manifests/other").statusCode()).isEqualTo(200);
  }

  /** Older content would come in its place without anybody having asked for it. */
  @Test
  void aTagDoesNotFallBackAndAnOlderDigestStays() throws Exception {
    MirroredImage next = edge.mirror(2);
    edge.states.tag(Edge.REPOSITORY, "v1", next.digest().toString(), image.digest().toString());
    edge.states.forgotten("f1", next.digest());

    assertDenied(APP + "/manifests/v1");
    edge.states.gone(next);
    assertDenied(APP + "/manifests/v1");
    assertThat(resolver.get(APP + "/manifests/" + image.digest()).statusCode()).isEqualTo(200);
  }

  @Test
  void aFormerDigestThatIsForgottenIsPassedOver() throws Exception {
    MirroredImage next = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.tag(Edge.REPOSITORY, "v1", next.digest().toString(), image.digest().toString());
    edge.states.forgotten("f1", image.digest());

    assertDenied(APP + "/manifests/" + image.digest());
    assertError(resolver.get(APP + "/manifests/v1"), 404, "MANIFEST_UNKNOWN");
    edge.states.converted(next, "plain");
    edge.states.pinned(next, "far");
    assertThat(resolver.get(APP + "/manifests/v1").statusCode()).isEqualTo(200);
  }

  @Test
  void aForgottenReferrerIsNotListed() throws Exception {
    RandomImage signature = Referrers.signatureOf(image.image(), "signed");
    MirroredImage mirrored = edge.mirror(signature);
    edge.states.holds(Edge.REPOSITORY, signature.rootDigest());
    String referrers = APP + "/referrers/" + image.digest();
    assertThat(digests(resolver.get(referrers))).containsExactly(signature.rootDigest());

    edge.states.forgotten("f1", mirrored.digest());
    assertThat(digests(resolver.get(referrers))).isEmpty();
    assertDenied(APP + "/manifests/" + mirrored.digest());
  }

  @Test
  void lookUpsSayThatItIsForgottenAndNotWhereItIs() throws Exception {
    for (String ref :
        List.of("registry.test/app:v1", image.digest().toString(), image.root().toString())) {
      String path = "/v1/resolve?ref=" + ref;
      JsonNode before = JSON.readTree(resolver.get(path).body());
      assertThat(before.get("images").get(0).has("forgottenAt")).as(ref).isFalse();

      DecisionState decision = edge.states.forgotten("f" + ref.hashCode(), image.digest());
      JsonNode after = JSON.readTree(resolver.get(path).body());
      assertThat(after.has("served")).as(ref).isFalse();
      assertThat(after.get("images")).as(ref).hasSize(1);
      assertThat(after.get("images").get(0).get("forgottenAt").asText()).isEqualTo(States.AT + "");
      assertThat(after.get("images").get(0).get("conversions")).isEmpty();
      edge.states.undone(decision);
    }
  }

  @Test
  void aResolverThatStartsWithTheDecisionServesNothingOfIt() throws Exception {
    resolver.close();
    edge.states.forgotten("f1", image.digest());
    resolver = new RunningResolver(folder.resolve("new"), edge.catalog, edge.own, null, false);

    assertDenied(APP + "/manifests/v1");
    assertDenied(APP + "/manifests/" + image.digest());
    assertDenied("/v2/ipfs/" + image.root() + "/manifests/latest");
    assertThat(resolver.get(layerPath).statusCode()).as("it was never read here").isEqualTo(404);
  }

  @Test
  void itsBlobsLeaveTheDiskUnlessAnotherImageHasThem() throws Exception {
    SharedLayer both = SharedLayer.of(60);
    MirroredImage one = tagged("one", both.one());
    tagged("other", both.other());
    String own = SharedLayer.ownLayer(both.one(), both);
    for (String digest : List.of(own, both.digest())) {
      assertThat(resolver.get(APP + "/blobs/" + digest).statusCode()).isEqualTo(200);
    }
    resolver.get(APP + "/manifests/one");
    await(() -> cached(own) && cached(both.digest()));

    edge.states.forgotten("f1", one.digest());
    await(() -> !cached(own));
    assertThat(cached(one.image().rootDigest())).isFalse();
    assertThat(cached(both.digest())).isTrue();
  }

  @Test
  void whatWasCachedBeforeAStopLeavesTheDiskAtTheNextStart() throws Exception {
    assertThat(resolver.get(layerPath).statusCode()).isEqualTo(200);
    String digest = layerPath.substring(layerPath.lastIndexOf('/') + 1);
    await(() -> cached(digest));
    resolver.close();
    edge.states.forgotten("f1", image.digest());
    assertThat(cached(digest)).isTrue();

    resolver = new RunningResolver(folder, edge.catalog, edge.own, null, false);
    await(() -> !cached(digest));
  }

  private boolean cached(String digest) {
    Path cache = folder.resolve("resolver").resolve("cache");
    return Files.exists(cache.resolve(digest.replace(':', '/')));
  }

  private MirroredImage tagged(String tag, RandomImage content) throws Exception {
    MirroredImage mirrored = edge.mirror(content);
    edge.states.tag(Edge.REPOSITORY, tag, mirrored.digest().toString());
    return mirrored;
  }

  /** Two images that share a layer, pushed, forgotten, released and undone in any order. */
  @Test
  @Timeout(300)
  void whatIsForgottenIsNeverServedAndWhatIsNotIs() throws Exception {
    long first = FirstSeed.get();
    for (long seed = first; seed < first + SEEDS; seed++) {
      new Race(seed).run();
    }
  }

  private final class Race {
    private final long seed;
    private final Random random;
    private final String repository;
    private final SharedLayer both;
    private final Half[] halves;

    Race(long seed) throws Exception {
      this.seed = seed;
      this.random = new Random(seed);
      this.repository = "registry.test/race" + seed;
      this.both = SharedLayer.of(1_000 + seed);
      this.halves = new Half[] {new Half("one", both.one()), new Half("other", both.other())};
    }

    void run() throws Exception {
      List<String> story = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        Half half = halves[random.nextInt(halves.length)];
        story.add(half.change());
        String where = "seed " + seed + " after " + story;
        for (Half each : halves) {
          each.check(where);
        }
        boolean anyServed = halves[0].served() || halves[1].served();
        assertThat(get("/blobs/" + both.digest()) == 200).as(where).isEqualTo(anyServed);
      }
    }

    private int get(String path) throws Exception {
      return resolver.get("/v2/" + repository + path).statusCode();
    }

    private final class Half {
      private final String tag;
      private final RandomImage content;
      private MirroredImage mirrored;
      private DecisionState decision;
      private boolean there;
      private int decisions;

      Half(String tag, RandomImage content) {
        this.tag = tag;
        this.content = content;
      }

      boolean served() {
        return there && decision == null;
      }

      String change() throws Exception {
        return switch (random.nextInt(4)) {
          case 0 -> push();
          case 1 -> forget();
          case 2 -> release();
          default -> undo();
        };
      }

      private String push() throws Exception {
        mirrored = edge.mirror(content);
        edge.states.tag(repository, tag, content.rootDigest());
        there = true;
        return "push " + tag;
      }

      private String forget() {
        if (decision == null) {
          String id = repository + tag + decisions++;
          decision = edge.states.forgotten(id, Digest.parse(content.rootDigest()));
        }
        return "forget " + tag;
      }

      private String release() {
        if (decision != null && mirrored != null) {
          edge.states.gone(mirrored);
          there = false;
        }
        return "release " + tag;
      }

      private String undo() {
        if (decision != null) {
          edge.states.undone(decision);
          decision = null;
        }
        return "undo " + tag;
      }

      void check(String where) throws Exception {
        int expected = served() ? 200 : mirrored != null && decision != null ? 403 : 404;
        assertThat(get("/manifests/" + tag)).as(tag + ", " + where).isEqualTo(expected);
        assertThat(get("/manifests/" + content.rootDigest()))
            .as(tag + " by digest, " + where)
            .isEqualTo(expected);
        assertThat(get("/blobs/" + SharedLayer.ownLayer(content, both)) == 200)
            .as(tag + "'s own layer, " + where)
            .isEqualTo(served());
      }
    }
  }

  private static void await(BooleanSupplier holds) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
