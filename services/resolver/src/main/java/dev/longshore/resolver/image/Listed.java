package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.VerifiedImages.Verified;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.model.Mode;
import dev.longshore.resolver.content.Provider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A converted image with verified copies, which may be served.
 *
 * @param catalog tells where its copies are, once it is read
 */
public record Listed(ImageState state, PinState pin, Catalog catalog) {
  static Listed of(Verified found, Catalog catalog) {
    return new Listed(found.image(), found.pin(), catalog);
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

  /**
   * The peers of its copies, the verified ones first. Their record may come a moment after that of
   * their number: until then any peer may be the one.
   */
  private List<Provider> providers() {
    List<Provider> holders =
        catalog.copies().pinned(pin).copies().stream()
            .filter(copy -> copy.status() != CopyStatus.FAILED && !copy.peerId().isEmpty())
            .sorted(Comparator.comparing(copy -> !copy.isVerified()))
            .map(copy -> new Provider(copy.peer().text(), copy.peerId(), copy.addresses()))
            .toList();
    return holders.isEmpty() ? all() : holders;
  }

  private List<Provider> all() {
    List<Provider> all = new ArrayList<>();
    for (PeerState peer : catalog.peers().all()) {
      if (peer.peerId() != null) {
        all.add(new Provider(peer.peer().text(), peer.peerId(), peer.addresses()));
      }
    }
    return all;
  }
}
