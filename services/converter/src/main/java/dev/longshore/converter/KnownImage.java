package dev.longshore.converter;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.Optional;

/** Whether an image was converted before, and whether it must be read again. */
sealed interface KnownImage {
  /** It was never converted, or not for this repository. */
  record Unknown() implements KnownImage {}

  /** The pinner is making, or has made, as many copies as wanted. */
  record Settled(ImageState image) implements KnownImage {}

  /** It is pinned, but the pinner must still learn of it, or of more wanted copies. */
  record Held(ImageState image) implements KnownImage {}

  /** It lacks foreign layers; they may have been pushed since. */
  record Incomplete(ImageState image) implements KnownImage {}

  /** No peer has it any more. */
  record Lost(ImageState image) implements KnownImage {}

  /** Says what the ingest peer holds; called only if no copy was verified. */
  interface Pinned {
    boolean isPinned(Cid dag) throws TransientFailure, PermanentFailure, InterruptedException;
  }

  /**
   * Decides.
   *
   * @param pins the pinner's record of its DAG
   * @param copies wanted verified copies
   */
  static KnownImage of(ImageState image, Optional<PinState> pins, int copies, Pinned peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (!image.missing().isEmpty()) {
      return new Incomplete(image);
    }
    boolean verified = pins.isPresent() && pins.get().verified() > 0;
    if (!verified && !peer.isPinned(image.imageDag().cid())) {
      return new Lost(image);
    }
    return pins.isPresent() && pins.get().wanted() >= copies ? new Settled(image) : new Held(image);
  }

  /** The image, if it need not be read again. */
  default Optional<ImageState> standing() {
    return switch (this) {
      case Settled(ImageState image) -> Optional.of(image);
      case Held(ImageState image) -> Optional.of(image);
      case Unknown(), Incomplete(_), Lost(_) -> Optional.empty();
    };
  }
}
