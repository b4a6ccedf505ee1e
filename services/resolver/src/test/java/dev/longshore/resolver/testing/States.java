package dev.longshore.resolver.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells a catalog what the other services would. */
public final class States {
  /** When everything happened. */
  public static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

  private final Catalog catalog;
  private final AtomicLong offset = new AtomicLong();
  private final Map<Digest, Set<RepositoryName>> holders = new HashMap<>();
  private final Map<Digest, List<ImageState>> convertedForAll = new HashMap<>();

  public States(Catalog catalog) {
    this.catalog = catalog;
  }

  /** A tag points to the first digest and pointed to the others, newest first. */
  public void tag(String repository, String tag, String digest, String... previous) {
    name(repository, tag, digest, List.of(previous), false);
  }

  /** All these tags point to the digest; one commit for all. */
  public void tags(String repository, List<String> tags, String digest) {
    apply(tags.stream().map(tag -> named(repository, tag, digest, List.of(), false)).toList());
  }

  /** A tag that its source no longer has. */
  public void deleted(String repository, String tag, String digest) {
    name(repository, tag, digest, List.of(), true);
  }

  /** A repository holds the digest without any tag. */
  public void holds(String repository, String digest) {
    name(repository, null, digest, List.of(), false);
  }

  /** A repository holds all these digests without any tag; one commit for all. */
  public void holdsAll(String repository, List<String> digests) {
    apply(digests.stream().map(d -> named(repository, null, d, List.of(), false)).toList());
  }

  private void name(
      String repository,
      @Nullable String tag,
      String digest,
      List<String> previous,
      boolean deleted) {
    apply(named(repository, tag, digest, previous, deleted));
  }

  /** What says that a repository holds the digest without any tag. */
  static TagState held(String repository, String digest) {
    return named(repository, null, digest, List.of(), false);
  }

  private static TagState named(
      String repository,
      @Nullable String tag,
      String digest,
      List<String> previous,
      boolean deleted) {
    RepositoryName name = RepositoryName.canonical(repository);
    return new TagState(
        name,
        tag == null ? null : new Tag(tag),
        Digest.stored(digest),
        "application/vnd.oci.image.manifest.v1+json",
        1,
        previous.stream().map(Digest::stored).toList(),
        deleted,
        Origin.WEBHOOK,
        AT,
        AT);
  }

  /** The image was converted in that mode, as whoever holds it was shown to have it. */
  public void converted(MirroredImage image, String mode) {
    converted(image, mode, image.digest().toString());
  }

  /** The image was read from this repository, and is for no other one. */
  public void read(MirroredImage image, String repository) {
    read(image, repository, image.digest().toString());
  }

  /** The same, and its source digest is said to be this. */
  public void read(MirroredImage image, String repository, String digest) {
    read(state(image, "plain", digest), repository);
  }

  /** The source was read from this repository and converted in that mode, for no other one. */
  public void readAndMade(String source, MirroredImage own, String mode, String repository) {
    read(state(own, mode, source).servedAs(own.digest()), repository);
  }

  private void read(ImageState image, String repository) {
    apply(in(image, repository).shownBy(Evidence.READ));
  }

  /** The repository was shown to serve the image, which was read from another one. */
  public void asked(MirroredImage image, String repository) {
    apply(in(state(image, "plain", image.digest().toString()), repository));
  }

  private static ImageState in(ImageState image, String repository) {
    RepositoryName name = RepositoryName.canonical(repository);
    return image.alsoFor(name, AT);
  }

  /** The image was converted, and its source digest is said to be this. */
  public void converted(MirroredImage image, String mode, String digest) {
    forAll(state(image, mode, digest), null);
  }

  /** The image was converted by work of that trace. */
  public void convertedIn(String traceparent, MirroredImage image, String mode) {
    forAll(state(image, mode, image.digest().toString()), traceparent);
  }

  /** The source was converted in that mode, which has this image as its own. */
  public void madeOf(String source, MirroredImage own, String mode) {
    forAll(state(own, mode, source).servedAs(own.digest()), null);
  }

  /** The first release read the image from this repository. */
  public void convertedByFirstRelease(MirroredImage image, String repository) {
    RepositoryName name = RepositoryName.canonical(repository);
    apply(state(image, "plain", image.digest().toString(), name));
  }

  private void forAll(ImageState image, @Nullable String traceparent) {
    apply(image.shownBy(Evidence.READ), traceparent);
    convertedForAll.computeIfAbsent(image.digest(), _ -> new ArrayList<>()).add(image);
    holders.getOrDefault(image.digest(), Set.of()).forEach(holder -> show(image, holder));
  }

  private void show(ImageState image, RepositoryName holder) {
    ImageState shown = image.alsoFor(holder, AT);
    if (!shown.key().equals(image.shownBy(Evidence.READ).key())) {
      apply(shown);
    }
  }

  private static ImageState state(MirroredImage image, String mode, String digest) {
    return state(image, mode, digest, RepositoryName.canonical("registry.test/app"));
  }

  private static ImageState state(
      MirroredImage image, String mode, String digest, RepositoryName repository) {
    ImageState state =
        new ImageState(
            Digest.stored(digest),
            new Recipe(mode),
            new ModeName(mode),
            image.image().root().mediaType(),
            new ImageDag(image.dag()),
            new RootCid(image.root()),
            image.manifest(),
            List.of("linux/amd64"),
            image.blobs().size(),
            image.image().blobBytes(),
            List.of(),
            new PeerName("ingest"),
            repository,
            AT);
    return state.boundTo(subject(image));
  }

  private static @Nullable Digest subject(MirroredImage image) {
    RandomImage.StoredManifest top = image.image().root();
    return Manifest.parse(top.body(), top.mediaType())
        .subject()
        .map(Descriptor::digest)
        .orElse(null);
  }

  /** These peers of the in-memory swarm, or none, have verified copies. */
  public void pinned(MirroredImage image, String... peers) {
    for (String peer : peers) {
      apply(peer(peer, "12D3KooW" + peer, List.of("/memory/" + peer)));
    }
    pinnedOn(image, List.of(peers));
  }

  /** These nodes have verified copies, and are reached where they say. */
  public void pinnedOn(MirroredImage image, IpfsNode... nodes) throws KuboException {
    List<String> names = new ArrayList<>();
    for (IpfsNode node : nodes) {
      NodeId id = node.id(Deadline.after(Duration.ofSeconds(30)));
      List<String> addresses =
          id.addresses().stream().map(a -> a.substring(0, a.indexOf("/p2p/"))).toList();
      apply(peer(node.name(), id.peerId(), addresses));
      names.add(node.name());
    }
    pinnedOn(image, names);
  }

  /** These peers have verified copies; nothing is recorded of the peers themselves. */
  public void pinnedOn(MirroredImage image, List<String> peers) {
    ImageDag dag = new ImageDag(image.dag());
    List<CopiesState.Copy> copies =
        peers.stream().map(peer -> copy(peer, CopyPhase.VERIFIED, 1, null)).toList();
    apply(List.of(new CopiesState(dag, copies), pin(dag, peers.size())));
  }

  /** The pinner's record of an image with so many verified copies. */
  public static PinState pin(ImageDag dag, int verified) {
    return pin(dag, verified, verified == 0 ? null : AT);
  }

  /** The same of the first release, with the verified copy of a peer of the in-memory swarm. */
  public static PinState pinOfFirstRelease(ImageDag dag, String peer) {
    PinState.Copy copy =
        new PinState.Copy(
            new PeerName(peer),
            "default",
            "12D3KooW" + peer,
            List.of("/memory/" + peer),
            CopyStatus.VERIFIED,
            1,
            null,
            AT);
    return new PinState(dag, 3, List.of(copy), new PeerName("ingest"), true, AT);
  }

  private static PinState pin(ImageDag dag, int verified, @Nullable Instant firstVerifiedAt) {
    return new PinState(
        dag,
        3,
        List.of(),
        new PeerName("ingest"),
        true,
        AT,
        1,
        verified,
        firstVerifiedAt,
        firstVerifiedAt,
        verified < 3 ? null : AT,
        PinPhase.KEPT,
        AT);
  }

  static CopiesState.Copy copy(String peer, CopyPhase state, long bytes, @Nullable String error) {
    return new CopiesState.Copy(new PeerName(peer), state, bytes, error, null, null, AT);
  }

  private static PeerState peer(String name, String id, List<String> addresses) {
    return new PeerState(
        new PeerName(name),
        id,
        addresses,
        "default",
        PeerPhase.UP,
        AT,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** All copies that were verified are lost. */
  public void lost(MirroredImage image, String peer) {
    ImageDag dag = new ImageDag(image.dag());
    CopiesState.Copy copy = copy(peer, CopyPhase.LOST, 0, "the peer is lost");
    apply(List.of(new CopiesState(dag, List.of(copy)), pin(dag, 0, AT)));
  }

  /** Somebody decided to forget these source digests. */
  public DecisionState forgotten(String id, Digest... digests) {
    DecisionState decision =
        DecisionState.of(
            id, new Decision.Forget("app", List.of(digests)), "alice", "a private key", AT, null);
    apply(decision);
    return decision;
  }

  /** Somebody took it back. */
  public void undone(DecisionState decision) {
    apply(
        new DecisionState(
            decision.id(),
            decision.version() + 1,
            decision.by(),
            decision.reason(),
            decision.decidedAt(),
            decision.until(),
            new DecisionState.Undone("bob", "a test key", AT),
            decision.forget(),
            decision.hold(),
            decision.drain(),
            decision.confirm()));
  }

  /** All copies were released. */
  public void gone(MirroredImage image) {
    apply(
        new PinState(
            new ImageDag(image.dag()),
            0,
            List.of(),
            null,
            true,
            AT,
            null,
            0,
            AT,
            null,
            null,
            PinPhase.GONE,
            AT));
  }

  /** Records of state topics; one commit for all. */
  public void apply(List<? extends State> states) {
    catalog.writer().apply(states.stream().map(state -> record(state, null)).toList());
    for (State state : states) {
      if (state instanceof TagState name) {
        held(name);
      }
    }
  }

  private void held(TagState name) {
    RepositoryName repository = name.name();
    List<Digest> digests = new ArrayList<>(name.previous());
    digests.add(name.digest());
    for (Digest digest : digests) {
      if (holders.computeIfAbsent(digest, _ -> new HashSet<>()).add(repository)) {
        convertedForAll.getOrDefault(digest, List.of()).forEach(image -> show(image, repository));
      }
    }
  }

  /** A record of a state topic. */
  public void apply(State state) {
    apply(List.of(state));
  }

  private void apply(State state, @Nullable String traceparent) {
    catalog.writer().apply(List.of(record(state, traceparent)));
  }

  private CatalogRecord record(State state, @Nullable String traceparent) {
    long next = offset.incrementAndGet();
    return new CatalogRecord(Topic.of(state), 0, next, AT, state.key(), state, null, traceparent);
  }
}
