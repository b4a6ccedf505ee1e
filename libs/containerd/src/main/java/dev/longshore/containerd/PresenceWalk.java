package dev.longshore.containerd;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.source.ImagePresence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks for everything that an image names; reads manifests but no blobs. */
final class PresenceWalk {
  /** Limit of nested indexes; the converter refuses deeper ones. */
  private static final int NESTING = 8;

  /** Limit of contents to check; the converter refuses images with more. */
  private static final int CONTENTS = 100_000;

  /** Whether a content is there. */
  @FunctionalInterface
  interface Store {
    boolean has(Digest digest) throws RegistryException;
  }

  /** Reads an existing manifest. */
  @FunctionalInterface
  interface Manifests {
    byte[] read(Digest digest) throws RegistryException;
  }

  private final Store store;
  private final Manifests manifests;
  private final List<Platform> wanted;
  private final Map<Digest, Optional<Digest>> lacking = new HashMap<>();

  PresenceWalk(Store store, Manifests manifests, List<Platform> wanted) {
    this.store = store;
    this.manifests = manifests;
    this.wanted = wanted;
  }

  ImagePresence of(Descriptor top) throws RegistryException {
    if (!store.has(top.digest())) {
      return ImagePresence.none(top.digest());
    }
    return switch (manifest(top)) {
      case ImageManifest image ->
          firstLacking(image.children(), 1)
              .map(digest -> ImagePresence.none(digest))
              .orElseGet(() -> ImagePresence.whole(wanted));
      case ImageIndex index -> of(index);
    };
  }

  private ImagePresence of(ImageIndex index) throws RegistryException {
    var missing = new LinkedHashSet<Digest>();
    var parts = new LinkedHashMap<Platform, Boolean>();
    boolean general = true;
    for (Descriptor entry : entries(index)) {
      Optional<Digest> lacks = firstLacking(entry, 1);
      lacks.ifPresent(missing::add);
      Optional<Platform> platform = entry.platform().map(PresenceWalk::comparable);
      if (platform.isPresent()) {
        parts.merge(platform.get(), lacks.isEmpty(), Boolean::logicalAnd);
      } else {
        general &= lacks.isEmpty();
      }
    }
    List<Platform> there = new ArrayList<>();
    parts.forEach(
        (platform, whole) -> {
          if (whole && !platform.isUnknown()) {
            there.add(platform);
          }
        });
    if (missing.isEmpty()) {
      return new ImagePresence(Optional.of(wanted), there, missing);
    }
    // An entry without a platform belongs to every platform.
    boolean usable = general && !there.isEmpty();
    return new ImagePresence(usable ? Optional.of(there) : Optional.empty(), there, missing);
  }

  private List<Descriptor> entries(ImageIndex index) {
    return wanted.isEmpty() ? index.manifests() : index.entriesFor(wanted);
  }

  private Optional<Digest> firstLacking(List<Descriptor> parts, int level)
      throws RegistryException {
    for (Descriptor part : parts) {
      Optional<Digest> lacks = firstLacking(part, level);
      if (lacks.isPresent()) {
        return lacks;
      }
    }
    return Optional.empty();
  }

  private Optional<Digest> firstLacking(Descriptor part, int level) throws RegistryException {
    Optional<Digest> known = lacking.get(part.digest());
    if (known != null) {
      return known;
    }
    if (lacking.size() >= CONTENTS || level > NESTING) {
      return Optional.empty();
    }
    Optional<Digest> found;
    if (MediaType.isForeignLayer(part.mediaType())) {
      found = Optional.empty();
    } else if (!store.has(part.digest())) {
      found = Optional.of(part.digest());
    } else if (MediaType.isManifest(part.mediaType())) {
      found =
          switch (manifest(part)) {
            case ImageManifest image -> firstLacking(image.children(), level + 1);
            case ImageIndex index -> firstLacking(entries(index), level + 1);
          };
    } else {
      found = Optional.empty();
    }
    lacking.put(part.digest(), found);
    return found;
  }

  private Manifest manifest(Descriptor named) throws RegistryException {
    return Manifest.parse(
        manifests.read(named.digest()),
        named.mediaType(),
        new Attempt("read manifest", named.digest().toString()));
  }

  /** As in a recipe: without operating system versions. */
  private static Platform comparable(Platform platform) {
    Platform normal = platform.normalized();
    return new Platform(normal.os(), normal.architecture(), normal.variant(), "", List.of());
  }
}
