package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.Converted;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Reference;
import dev.longshore.model.multiformats.Multihash;
import dev.longshore.rules.Rules;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold when everything came to rest, whatever went wrong on the way. */
final class FinalState {
  private static final int WANTED = 3;
  private static final int ALL = 10_000;
  private static final Duration ANY = Duration.ofSeconds(5);
  private final SimulatedWorld world;

  private FinalState(SimulatedWorld world) {
    this.world = world;
  }

  static void require(SimulatedWorld world) throws Exception {
    FinalState state = new FinalState(world);
    state.nothingWaits();
    state.everyTagIsRight();
    state.everyImageHasItsCopies();
    state.nothingForgottenIsLeft();
    state.everyNameIsRecordedToShowWhatItShows();
    state.ingestPinsAreGone();
    state.repeatedEventsAreTheSame();
    state.eachEffectHappenedOnce();
    state.onlyBadContentIsDead();
  }

  static List<String> verified(Catalog catalog, PinState state) {
    return catalog.copies().of(state).copies().stream()
        .filter(copy -> copy.state() == CopyPhase.VERIFIED)
        .map(copy -> copy.peer().text())
        .toList();
  }

  private void nothingWaits() {
    assertThat(world.simulation.parked()).as("parked messages").isZero();
  }

  private void everyTagIsRight() {
    for (Catalog catalog : world.services.catalogs()) {
      world
          .pushed
          .tags()
          .forEach(
              (name, image) ->
                  assertThat(catalog.tags().byKey(name))
                      .as(name)
                      .get()
                      .returns(Digest.parse(image.rootDigest()), TagState::digest)
                      .returns(false, TagState::deleted));
    }
  }

  private void everyImageHasItsCopies() throws Exception {
    int wanted = Math.min(WANTED, world.keepers);
    for (Map.Entry<String, RandomImage> tag : world.pushed.tags().entrySet()) {
      String digest = tag.getValue().rootDigest();
      Reference name = Reference.parse(tag.getKey());
      List<ImageState> images =
          world.services.pins.conversions().forRepository(name.name(), Digest.parse(digest));
      if (world.isForgotten(digest)) {
        continue;
      }
      if (world.pushed.isBroken(digest)) {
        assertThat(images).as("a broken image at " + tag.getKey()).isEmpty();
      } else {
        assertThat(images).as("what became of " + tag.getKey()).hasSize(1);
        PinState pin = world.services.pins.pins().of(images.getFirst().imageDag()).orElseThrow();
        assertThat(verified(world.services.pins, pin)).as(tag.getKey()).hasSize(wanted);
      }
    }
    for (PinState pin : world.services.pins.pins().page(null, ALL)) {
      for (String peer : verified(world.services.pins, pin)) {
        requireWhole(world.nodes.get(peer), pin.imageDag());
      }
    }
  }

  /** No pin, no DAG, and none of the blocks that no other image has. */
  private void nothingForgottenIsLeft() {
    for (Digest digest : world.forgotten.now()) {
      RandomImage image = world.pushed.image(digest.toString());
      List<Cid> own =
          image.manifests().stream()
              .map(manifest -> Digest.parse(manifest.digest()).hex())
              .map(hex -> Cid.raw(HexFormat.of().parseHex(hex)))
              .toList();
      for (ImageState made : world.services.pins.conversions().recordsOfDigest(digest)) {
        assertThat(world.services.pins.pins().of(made.imageDag()))
            .as("copies of " + digest)
            .get()
            .returns(PinPhase.GONE, PinState::state);
        for (InMemoryIpfsNode node : world.nodes.values()) {
          assertThat(node.pinned()).as(node.name()).doesNotContainKey(made.imageDag().cid());
          assertThat(node.storedBlocks())
              .as("%s on %s", digest, node.name())
              .doesNotContain(made.imageDag().cid());
          assertThat(Collections.disjoint(node.storedBlocks(), own))
              .as("no block of %s on %s", digest, node.name())
              .isTrue();
        }
      }
    }
  }

  /** The peer alone gives every blob of the image, each with the digest that it goes by. */
  private void requireWhole(InMemoryIpfsNode node, ImageDag imageDag) throws Exception {
    Cid dag = imageDag.cid();
    node.verifyLocal(dag, LocalCheck.REHASH, Deadline.after(ANY));
    ImageState state = world.services.pins.conversions().firstByDag(imageDag).orElseThrow();
    RandomImage image = world.pushed.image(state.digest().toString());
    for (String digest : image.blobs().keySet()) {
      requireContent(node, dag, digest);
    }
    for (RandomImage.StoredManifest manifest : image.manifests()) {
      requireContent(node, dag, manifest.digest());
    }
  }

  private static void requireContent(InMemoryIpfsNode node, Cid dag, String digest)
      throws Exception {
    String path = "blobs/" + digest.replace(':', '/');
    try (Content content =
        node.open(dag, path, new ByteRange(0, Long.MAX_VALUE), Reach.LOCAL, Deadline.after(ANY))) {
      assertThat(Digest.of(content.stream().readAllBytes()))
          .as("%s of %s on %s", path, dag, node.name())
          .hasToString(digest);
    }
  }

  private void everyNameIsRecordedToShowWhatItShows() {
    Catalog catalog = world.services.pins;
    Shown shown = new Shown(catalog, new Rules(List.of()));
    for (TagState name : catalog.tags().page(null, ALL)) {
      Optional<ServedState> recorded = catalog.served().byKey(name.key());
      assertThat(recorded)
          .as("what is recorded of " + name.key())
          .isEqualTo(shown.of(name, recorded, world.clock));
      assertThat(recorded.map(ServedState::selected))
          .as("what %s shows", name.key())
          .isEqualTo(shown.of(name, Optional.empty(), world.clock).map(ServedState::selected));
    }
  }

  private void ingestPinsAreGone() {
    assertThat(world.services.pins.pins().page(null, ALL)).allMatch(PinState::ingestReleased);
    if (!world.ingestKeeps) {
      assertThat(world.nodes.get("ingest").pinned().keySet())
          .as("pins of the ingest peer")
          .allMatch(pinned -> world.endedWork() && isHold(pinned));
    }
  }

  /** What a conversion held that was ended goes after a day. */
  private static boolean isHold(Cid pinned) {
    return pinned.multihash().code() == Multihash.SHA2_512;
  }

  private void repeatedEventsAreTheSame() {
    Map<String, String> observed = new HashMap<>();
    for (var record : world.bus.records(Topic.OBSERVED)) {
      same(observed, Events.id(record), record.key());
    }
    Map<String, String> converted = new HashMap<>();
    for (var record : world.bus.records(Topic.CONVERTED)) {
      same(converted, Events.id(record), record.key());
    }
    if (!world.forgotten.isAny()) {
      assertThat(converted.size()).as("converted events").isLessThanOrEqualTo(observed.size());
    }
  }

  private static void same(Map<String, String> keys, String id, String key) {
    assertThat(keys.merge(id, key, (first, _) -> first)).as("key of event " + id).isEqualTo(key);
  }

  private void eachEffectHappenedOnce() {
    Map<String, Set<String>> observed = new HashMap<>();
    for (var record : world.bus.records(Topic.OBSERVED)) {
      Observed event = Events.read(record, Observed.class);
      if (event.tag() != null) {
        observed
            .computeIfAbsent(event.key() + " " + event.digest(), _ -> new HashSet<>())
            .add(Events.id(record));
      }
    }
    observed.forEach(
        (what, ids) -> {
          String[] parts = what.split(" ", 2);
          assertThat(ids.size())
              .as("events of " + what)
              .isLessThanOrEqualTo(world.pushed.arrivals(parts[0], parts[1]));
        });
    Map<String, String> results = new HashMap<>();
    for (ImageState image : world.bus.read(Topic.IMAGES, ImageState.class)) {
      same(results, ImageState.key(image.digest(), image.recipe()), image.imageDag().toString());
    }
    for (Converted event : world.bus.read(Topic.CONVERTED, Converted.class)) {
      assertThat(world.pushed.isBroken(event.digest().toString()))
          .as("a broken image announced")
          .isFalse();
    }
    if (world.weather.isCalm() && !world.forgotten.isAny()) {
      blobsWereReadOnce();
    }
  }

  private void blobsWereReadOnce() {
    for (RandomImage image : world.pushed.tags().values()) {
      for (String digest : image.blobs().keySet()) {
        assertThat(world.registry.reads(Digest.parse(digest)))
            .as("reads of " + digest)
            .isLessThanOrEqualTo(1);
      }
    }
  }

  private void onlyBadContentIsDead() {
    if (!world.weather.garbage()) {
      assertThat(world.bus.records(Topic.DEAD))
          .as("dead letters")
          .noneMatch(letter -> Dead.wasGarbage(letter, world.pushed));
    }
  }
}
