package dev.longshore.resolver.image;

import dev.longshore.catalog.served.VerifiedImages.Verified;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Mode;
import dev.longshore.resolver.content.Provider;
import java.util.Comparator;
import java.util.List;

/** A converted image with verified copies, which may be served. */
public record Listed(ImageState state, PinState pin) {
  static Listed of(Verified found) {
    return new Listed(found.image(), found.pin());
  }

  /** Whether the digest of the image without urls is known. */
  boolean knowsDigest() {
    return state.mode().is(Mode.PLAIN) || state.ownDigest() != null;
  }

  /** The image without urls, which names and digests answer with. */
  public ImageVariant layout() {
    return new ImageVariant(state.imageDag().cid(), ImageVariant.Shape.LAYOUT, providers());
  }

  /** The IPFS-enabled image. */
  public ImageVariant root() {
    return new ImageVariant(state.root().cid(), ImageVariant.Shape.ROOT, providers());
  }

  private List<Provider> providers() {
    return pin.copies().stream()
        .filter(copy -> copy.status() != CopyStatus.FAILED)
        .sorted(Comparator.comparing(copy -> copy.status() != CopyStatus.VERIFIED))
        .map(copy -> new Provider(copy.peer().text(), copy.peerId(), copy.addresses()))
        .toList();
  }
}
