package dev.longshore.converter.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.events.BlobState;
import dev.longshore.events.Converted;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.RootCid;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The records that make conversions known. */
public final class Announcements {
  private final Catalog catalog;
  private final Set<PeerName> peers;
  private final Clock clock;

  /**
   * @param peers configured names of the ingest peers
   */
  public Announcements(Catalog catalog, Set<PeerName> peers, Clock clock) {
    this.catalog = catalog;
    this.peers = Set.copyOf(peers);
    this.clock = clock;
  }

  /**
   * The record for a blob that is on the peer; empty if nothing is new. It names one of several
   * ingest peers that have it.
   */
  Optional<LongshoreRecord> blob(BlobKey key, StoredBlob stored, PeerName peer) {
    DagLink link = stored.link();
    Cid cid = link.cid();
    return catalog
            .conversions()
            .blob(key.source(), key.transform())
            .filter(known -> known.cid().equals(cid) && peers.contains(known.ingestPeer()))
            .isPresent()
        ? Optional.empty()
        : Optional.of(
            new BlobState(
                key.source(),
                key.transform(),
                cid,
                link.fileSize(),
                link.dagSize(),
                link.blocks(),
                peer,
                clock.instant(),
                stored.made(key),
                stored.took().orElse(null),
                stored.source().orElse(null)));
  }

  /**
   * The records for a pinned image.
   *
   * @param peer the name of the ingest peer that has it
   * @param known its state for this repository so far; the first complete result stays
   */
  public List<LongshoreRecord> image(
      StoredImage image,
      PeerName peer,
      Optional<ImageState> known,
      Observed observed,
      RequestedConversion conversion) {
    var records = new ArrayList<LongshoreRecord>();
    for (Map.Entry<BlobKey, StoredBlob> blob : image.blobs().entrySet()) {
      blob(blob.getKey(), blob.getValue(), peer).ifPresent(records::add);
    }
    ImageState found = state(image, peer, observed, conversion);
    if (known.isEmpty() || !sameResult(known.get(), found)) {
      records.add(inPlaceOf(known, found));
      known.ifPresent(lost -> records.addAll(everywhere(lost, found)));
    }
    records.add(converted(found, peer, observed, conversion));
    return records;
  }

  /** Other repositories that had the lost image get this one. */
  private List<ImageState> everywhere(ImageState lost, ImageState found) {
    if (!lost.missing().isEmpty() || !found.missing().isEmpty()) {
      return List.of(); // each repository lacks parts of its own
    }
    return catalog.conversions().recordsByDag(lost.imageDag()).stream()
        .filter(other -> other.evidence() != null && !other.key().equals(found.key()))
        .filter(other -> other.recipe().equals(found.recipe()))
        .map(other -> inPlaceOf(Optional.of(other), found.alsoFor(other.name(), clock.instant())))
        .toList();
  }

  private static ImageState inPlaceOf(Optional<ImageState> before, ImageState found) {
    return before.map(found::inPlaceOf).orElse(found);
  }

  /** The record of another repository's image, for this one too. */
  public ImageState shared(ImageState image, Observed observed) {
    return inPlaceOf(
        catalog.conversions().of(image.digest(), image.recipe(), observed.name()),
        image.alsoFor(observed.name(), clock.instant()));
  }

  /** Announces, for this name, that the ingest peer holds the image. */
  public Converted converted(
      ImageState image, PeerName peer, Observed observed, RequestedConversion conversion) {
    return new Converted(
        image.imageDag(),
        image.root(),
        image.digest(),
        image.recipe(),
        image.mode(),
        observed.name(),
        observed.tag(),
        peer,
        image.bytes(),
        conversion.copies(),
        clock.instant());
  }

  private ImageState state(
      StoredImage image, PeerName peer, Observed observed, RequestedConversion conversion) {
    Set<Digest> missing = image.missing();
    ImagePlan plan = image.plan();
    Manifest top = image.source().manifests().values().iterator().next();
    var state =
        new ImageState(
            observed.digest(),
            conversion.recipe().key(),
            ModeName.of(conversion.recipe().mode()),
            top.mediaType(),
            new ImageDag(image.cid()),
            new RootCid(image.dag().root()),
            image.dag().manifest(),
            image.platforms(),
            plan.manifests().size() + image.links().size(),
            plan.bytes(missing),
            missing.stream().limit(ImageLimits.MISSING_NAMED).toList(),
            peer,
            observed.name(),
            clock.instant());
    return state
        .shownBy(Evidence.READ)
        .boundTo(top.subject().map(Descriptor::digest).orElse(null))
        .servedAs(plan.digest().equals(top.digest()) ? null : plan.digest())
        .naming(children(image.source()));
  }

  /** What an index names; those for other platforms, too, which may be images of their own. */
  private static @Nullable List<Digest> children(ImagePlan source) {
    if (!(source.top() instanceof PlanNode.Index)) {
      return null;
    }
    List<Digest> named =
        source.manifests().values().stream()
            .filter(ImageIndex.class::isInstance)
            .map(ImageIndex.class::cast)
            .flatMap(index -> index.manifests().stream())
            .map(Descriptor::digest)
            .distinct()
            .toList();
    // Readers take that for what the first releases wrote: nothing is known.
    return named.size() > ImageLimits.MANIFESTS ? null : named;
  }

  private static boolean sameResult(ImageState one, ImageState other) {
    return one.imageDag().equals(other.imageDag()) && one.root().equals(other.root());
  }
}
