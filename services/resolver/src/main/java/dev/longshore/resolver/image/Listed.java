package dev.longshore.resolver.image;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Mode;
import dev.longshore.resolver.content.Provider;
import java.util.Comparator;
import java.util.List;

/** A converted image that had its verified copies: what may be served. */
public record Listed(ImageState state, PinState pin) {
  /** Whether it is known under which digest the form without urls is served. */
  boolean knowsDigest() {
    return state.mode().is(Mode.PLAIN) || state.ownDigest() != null;
  }

  /** The form without urls: what names and digests answer with. */
  public ImageForm layout() {
    return new ImageForm(state.imageDag().cid(), ImageForm.Shape.LAYOUT, providers());
  }

  /** The IPFS-enabled form. */
  public ImageForm root() {
    return new ImageForm(state.root().cid(), ImageForm.Shape.ROOT, providers());
  }

  private List<Provider> providers() {
    return pin.copies().stream()
        .filter(copy -> copy.status() != CopyStatus.FAILED)
        .sorted(Comparator.comparing(copy -> copy.status() != CopyStatus.VERIFIED))
        .map(copy -> new Provider(copy.peer().text(), copy.peerId(), copy.addresses()))
        .toList();
  }
}
