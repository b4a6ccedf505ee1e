package dev.longshore.app.backfill;

import dev.longshore.model.Mode;
import dev.longshore.pinner.SpacePlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is counted of a backfill while its images are read. */
final class BackfillCount {
  /** Of what will not come or was not seen, so much is named. */
  static final int NAMED = 100;

  /** Names in the registries that rules take. */
  long listed;

  /** Names whose images are here already. */
  long mirrored;

  /** Names whose images people decided to forget. */
  long forgotten;

  /** Repositories that no rule mirrors. */
  long unwanted;

  /** Names to be mirrored. */
  long images;

  /** Of these, signatures and the like without a tag. */
  long referrers;

  /** Images to be mirrored, each once. */
  long digests;

  /** Distinct configs and layers, and their bytes. */
  long blobs;

  long blobBytes;

  /** Bytes of the images, had they nothing in common. */
  long unsharedBytes;

  /** Blobs that were read for other images before, and their bytes. */
  long knownBlobs;

  long knownBytes;

  /** Images with too few peers for all their copies. */
  long tooFewPeers;

  final Map<Mode, Stored> modes = new EnumMap<>(Mode.class);
  final Map<String, Stored> rules = new LinkedHashMap<>();
  final Map<String, Long> passedOver = new TreeMap<>();
  final List<Named> named = new ArrayList<>();
  long unseen;
  final List<RegistryWork> registries = new ArrayList<>();
  final List<Need> needs = new ArrayList<>();

  /** Images, and what is stored of them. */
  static final class Stored {
    long images;
    long copies;
    long bytes;
  }

  /**
   * Something that is not in the plan, by name.
   *
   * @param reason why it will never come as it is; empty if it may be there at the next look
   */
  record Named(String what, String reason, String why) {}

  /** What one peer gets. */
  static final class Need {
    final SpacePlan.Space space;
    long copies;
    long bytes;

    /** Bytes of blobs that some peer has already, perhaps this one. */
    long known;

    /** Bytes of these that are here for certain: who would lack room without them is asked. */
    long here;

    Need(SpacePlan.Space space) {
      this.space = space;
    }

    /** Bytes that it lacks; unknown counts as none. */
    long lacks() {
      return space.free().isEmpty() ? 0 : Math.max(0, bytes - here - usable());
    }

    long usable() {
      return Math.max(0, space.free().orElse(0) - space.reserve() - space.underWay());
    }

    /** Whether nobody knows how much it has room for. */
    boolean isUnknown() {
      return bytes > 0 && space.free().isEmpty();
    }
  }

  void passOver(String what, String reason, String why) {
    passedOver.merge(reason, 1L, Long::sum);
    name(new Named(what, reason, why));
  }

  void unseen(String what, String why) {
    unseen++;
    name(new Named(what, "", why));
  }

  private void name(Named one) {
    if (named.size() < NAMED) {
      named.add(one);
    }
  }

  /** Whether each peer has room for its part, as far as the plan could see. */
  boolean fits() {
    return tooFewPeers == 0
        && unseen == 0
        && needs.stream().allMatch(need -> need.lacks() == 0 && !need.isUnknown());
  }
}
