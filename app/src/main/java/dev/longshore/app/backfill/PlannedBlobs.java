package dev.longshore.app.backfill;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.mode.PlannedMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.events.BlobState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.pinner.SpacePlan;
import dev.longshore.pinner.SpacePlan.Chosen;
import dev.longshore.rules.RuleSettings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What images have in common: which of their blobs and manifests are read once, stored once a peer,
 * or here already.
 */
final class PlannedBlobs {
  /** Blobs that a peer is asked for together. */
  private static final int BLOBS = 500;

  /** Bits of each form of a blob; those of the peers follow. */
  private static final int SEEN = 32;

  private static final int STORED = 33;
  private static final int KNOWN = 34;
  private static final int PEERS = 64;

  /** The lower half of a form's first word is the number of the repository that it is read from. */
  private static final long REPOSITORY = 0xFFFF_FFFFL;

  private final Catalog catalog;
  private final SpacePlan space;
  private final BackfillCount count;
  private final KnownSizes sizes;
  private final boolean nothingKnown;
  private final BlobTable forms;

  PlannedBlobs(Catalog catalog, SpacePlan space, KnownSizes sizes, BackfillCount count) {
    this.catalog = catalog;
    this.space = space;
    this.count = count;
    this.sizes = sizes;
    this.nothingKnown = catalog.conversions().blobs(null, 1).isEmpty();
    space.spaces().forEach(its -> count.needs.add(new BackfillCount.Need(its)));
    this.forms = new BlobTable(1 + Math.ceilDiv(count.needs.size(), Long.SIZE));
  }

  /**
   * Asks each peer that would lack room which of the blobs that were read before it has. The others
   * have room however that is.
   */
  void askPeersThatLackRoom(Consumer<String> progress) throws InterruptedException {
    for (int peer = 0; peer < count.needs.size(); peer++) {
      BackfillCount.Need need = count.needs.get(peer);
      if (need.lacks() > 0 && need.known > 0) {
        progress.accept(
            "%s would lack room: asking it what of it is there".formatted(need.space.peer()));
        ask(peer, need);
      }
    }
  }

  private void ask(int peer, BackfillCount.Need need) throws InterruptedException {
    List<BlobState> page = catalog.conversions().blobs(null, BLOBS);
    while (!page.isEmpty()) {
      Map<Cid, Long> files = new HashMap<>();
      page.stream()
          .filter(blob -> blob.transform().equals(BlobState.NONE) && isPlanned(blob, peer))
          .forEach(blob -> files.put(blob.cid(), blob.size()));
      Optional<Set<Cid>> held = space.held(peer, files.keySet());
      if (held.isEmpty()) {
        return; // it is as it was: all of it may be there, or none
      }
      held.get().forEach(file -> need.here += files.getOrDefault(file, 0L));
      page = catalog.conversions().blobs(page.getLast().key(), BLOBS);
    }
  }

  private boolean isPlanned(BlobState blob, int peer) {
    OptionalInt place = forms.known(BlobTable.key(blob.digest(), 0));
    return place.isPresent()
        && forms.isSet(place.getAsInt(), KNOWN)
        && forms.isSet(place.getAsInt(), PEERS + peer);
  }

  /** Counts the blobs of an image, however they are stored. */
  void countShared(ImagePlan plan) {
    for (Descriptor blob : plan.blobs().values()) {
      if (forms.set(forms.place(BlobTable.key(blob.digest(), 0)), SEEN)) {
        count.blobs++;
        count.blobBytes += blob.size();
      }
    }
  }

  /**
   * Counts what becomes of an image in a mode.
   *
   * @param repository the number of the one that it is read from
   */
  void count(Mode mode, PlannedMode made, RuleSettings rule, RegistryWork work, int repository) {
    Digest digest = made.kept().digest();
    boolean elsewhere =
        catalog.conversions().ofDigest(digest).stream().anyMatch(i -> i.mode().is(mode));
    work.manifests += made.kept().manifests().size();
    if (elsewhere) {
      // Its copies are there; this repository is asked whether it serves the blobs.
      work.questions += made.kept().blobs().size();
      return;
    }
    Chosen chosen = space.choose(standIn(digest, mode), rule);
    BackfillCount.Stored ofMode = stored(count.modes, mode);
    ofMode.images++;
    ofMode.copies += rule.copies();
    BackfillCount.Stored ofRule = stored(count.rules, rule.match());
    ofRule.images++;
    ofRule.copies += rule.copies();
    count.tooFewPeers += chosen.missing() > 0 ? 1 : 0;
    chosen.peers().forEach(peer -> count.needs.get(peer).copies++);
    int form = form(mode, rule);
    for (Map.Entry<Digest, Manifest> manifest : made.kept().manifests().entrySet()) {
      long bytes = manifest.getValue().raw().size();
      store(forms.place(BlobTable.key(manifest.getKey(), form)), bytes, chosen, ofMode, ofRule);
    }
    for (Descriptor blob : made.kept().blobs().values()) {
      boolean changed = made.changed().contains(blob.digest());
      int place = forms.place(BlobTable.key(blob.digest(), changed ? form : 0));
      long bytes = changed ? (long) (blob.size() * sizes.factor(mode)) : blob.size();
      line(place, blob, changed, work, repository);
      store(place, bytes, chosen, ofMode, ofRule);
    }
  }

  /** What of it crosses the line from the registry. */
  private void line(
      int place, Descriptor blob, boolean changed, RegistryWork work, int repository) {
    long from = forms.number(place) & REPOSITORY;
    if (from == repository) {
      return;
    }
    if (from != 0) {
      work.questions++;
      return;
    }
    forms.number(place, forms.number(place) | repository);
    if (!changed && isKnown(blob.digest())) {
      boolean isNew = forms.set(place, KNOWN);
      assert isNew;
      count.knownBlobs++;
      count.knownBytes += blob.size();
      work.questions++;
    } else {
      work.blobs++;
      work.bytes += blob.size();
    }
  }

  private void store(
      int place,
      long bytes,
      Chosen chosen,
      BackfillCount.Stored ofMode,
      BackfillCount.Stored ofRule) {
    if (forms.set(place, STORED)) {
      ofMode.bytes += bytes;
      ofRule.bytes += bytes;
    }
    for (int peer : chosen.peers()) {
      if (forms.set(place, PEERS + peer)) {
        BackfillCount.Need need = count.needs.get(peer);
        need.bytes += bytes;
        need.known += forms.isSet(place, KNOWN) ? bytes : 0;
      }
    }
  }

  /** Rules with other keys or other pieces make other layers of the same mode. */
  private static int form(Mode mode, RuleSettings rule) {
    return mode == Mode.PLAIN
        ? 1
        : List.of(
                    mode.text(),
                    rule.recipients(),
                    rule.layers(),
                    rule.prefetch(),
                    String.valueOf(rule.chunkSize()),
                    String.valueOf(rule.minChunkSize()))
                .hashCode()
            | 2;
  }

  private boolean isKnown(Digest blob) {
    return !nothingKnown && catalog.conversions().blob(blob, BlobState.NONE).isPresent();
  }

  private static <K> BackfillCount.Stored stored(Map<K, BackfillCount.Stored> all, K key) {
    return all.computeIfAbsent(key, _ -> new BackfillCount.Stored());
  }

  private static Cid standIn(Digest image, Mode mode) {
    Digest drawn = Digest.of((mode.text() + " " + image).getBytes(StandardCharsets.UTF_8));
    return Cid.dagPb(HexFormat.of().parseHex(drawn.hex()));
  }
}
