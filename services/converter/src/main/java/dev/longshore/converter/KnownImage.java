package dev.longshore.converter;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.Optional;

/** Whether an image was converted before, and whether it must be read again. */
sealed interface KnownImage {
  /** It never was, or not for whoever asks. */
  record Unknown() implements KnownImage {}

  /** The pinner works on it, or has done, for as many copies as are asked for. */
  record Settled(ImageState image) implements KnownImage {}

  /** There is a pin of it, and the pinner must hear of it, or that more copies are asked for. */
  record Held(ImageState image) implements KnownImage {}

  /** It lacks foreign layers, which may have been pushed since. */
  record Incomplete(ImageState image) implements KnownImage {}

  /** Nobody has it any more. */
  record Lost(ImageState image) implements KnownImage {}

  /** Knows what the ingest peer holds; is asked only where no copy was verified. */
  interface Pinned {
    boolean isPinned(Cid dag) throws TransientFailure, PermanentFailure, InterruptedException;
  }

  /**
   * Decides.
   *
   * @param pins what the pinner said of its DAG
   * @param copies that are asked for
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
