package dev.longshore.catalog.testing;

import dev.longshore.events.BlobState;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.Failed;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** States with the fields that tests speak of, and something fitting in the others. */
public final class Samples {
  /** The instant of all samples. */
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** Registry of all samples. */
  public static final String REGISTRY = "localhost:5055";

  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private Samples() {}

  /** A digest that differs with the number. */
  public static Digest digest(int number) {
    return Digest.sha256("%064x".formatted(number));
  }

  /** The recipe of all images. */
  public static Recipe recipe() {
    return new Recipe("%064x".formatted(0xfeed));
  }

  /** A repository of the registry of all samples. */
  public static RepositoryName name(String repository) {
    return RepositoryName.stored(REGISTRY, repository);
  }

  /** Stands for the image DAG of a number. */
  public static ImageDag dag(int number) {
    return new ImageDag(cid("dag", number));
  }

  /** Stands for the root CID of a number. */
  public static RootCid root(int number) {
    return new RootCid(cid("root", number));
  }

  /** Stands for a CID: a text that differs with kind and number. */
  private static Cid cid(String kind, int number) {
    return Cid.stored("bafy" + kind + number);
  }

  /** A tag that points to a digest and had others before, newest first. */
  public static TagState tag(String repository, @Nullable String tag, int digest, int... before) {
    return new TagState(
        name(repository),
        tag == null ? null : new Tag(tag),
        digest(digest),
        INDEX,
        1234,
        Arrays.stream(before).mapToObj(Samples::digest).toList(),
        false,
        Origin.WEBHOOK,
        NOW,
        NOW.plusMillis(20));
  }

  /** The same name after its source lost it. */
  public static TagState deleted(TagState t) {
    return new TagState(
        t.name(),
        t.tag(),
        t.digest(),
        t.mediaType(),
        t.size(),
        t.previous(),
        true,
        t.origin(),
        t.hintedAt(),
        t.observedAt());
  }

  /** The plain conversion of a digest. */
  public static ImageState image(int digest) {
    return image(digest, recipe(), digest);
  }

  /** A conversion of a digest by a recipe into the DAG and root of a number. */
  public static ImageState image(int digest, Recipe recipe, int dag) {
    return ofFirstRelease(digest, recipe, dag).shownBy(Evidence.READ);
  }

  /** The same, recorded by the first release, which did not say whose it is. */
  public static ImageState ofFirstRelease(int digest, Recipe recipe, int dag) {
    return new ImageState(
        digest(digest),
        recipe,
        ModeName.of(Mode.PLAIN),
        INDEX,
        dag(dag),
        root(dag),
        cid("manifest", dag),
        List.of("linux/amd64"),
        5,
        1_000_000,
        List.of(),
        new PeerName("site-a"),
        name("library/nginx"),
        NOW.plusMillis(900));
  }

  /** Where a blob went. */
  public static BlobState blob(int digest) {
    return new BlobState(
        digest(digest),
        BlobState.NONE,
        cid("blob", digest),
        262145,
        262300,
        3,
        new PeerName("site-a"),
        NOW.plusMillis(500));
  }

  /** An image DAG with so many verified copies. */
  public static PinState pin(int dag, int wanted, int verified) {
    List<PinState.Copy> copies =
        IntStream.range(0, wanted)
            .mapToObj(
                n ->
                    new PinState.Copy(
                        new PeerName("peer-" + n),
                        "site-" + n,
                        "12D3KooW" + n,
                        List.of("/ip4/127.0.0.1/tcp/410" + n),
                        n < verified ? CopyStatus.VERIFIED : CopyStatus.PINNING,
                        n < verified ? 1_000_500 : 0,
                        null,
                        NOW.plusSeconds(2)))
            .toList();
    boolean released = verified >= wanted;
    return new PinState(
        dag(dag), wanted, copies, new PeerName("site-a"), released, NOW.plusSeconds(2));
  }

  /** A decision, with this id, to forget these source digests. */
  public static DecisionState forget(String id, int... digests) {
    List<Digest> sources = Arrays.stream(digests).mapToObj(Samples::digest).toList();
    return DecisionState.of(
        id,
        new Decision.Forget(REGISTRY + "/library/nginx:1", sources),
        "alice",
        "a key was in it",
        NOW.plusSeconds(3),
        null);
  }

  /** The same decision after somebody took it back. */
  public static DecisionState undone(DecisionState d) {
    return new DecisionState(
        d.id(),
        d.version() + 1,
        d.by(),
        d.reason(),
        d.decidedAt(),
        d.until(),
        new DecisionState.Undone("bob", "it was a test key", NOW.plusSeconds(9)),
        d.forget(),
        d.hold(),
        d.drain(),
        d.confirm());
  }

  /** A permanent failure of a key. */
  public static Failed failed(String key) {
    return new Failed(
        key,
        "convert",
        "DIGEST_MISMATCH",
        "pulling blob " + digest(9) + ": the bytes have another digest; push the image again",
        "observed",
        3,
        17,
        NOW.plusSeconds(1));
  }
}
