package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.Optional;

/** Where an image stands that was converted before. */
enum KnownImageStatus {
  /** The pinner works on it, or has done, for as many copies as are asked for. */
  SETTLED,
  /** There is a pin of it, and the pinner must hear of it, or that more copies are asked for. */
  HELD,
  /** It lacks foreign layers, which may have been pushed since. */
  INCOMPLETE,
  /** Nobody has it any more. */
  LOST;

  static KnownImageStatus of(
      ImageState image, RequestedConversion conversion, Catalog catalog, IngestPeer peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (!image.missing().isEmpty()) {
      return INCOMPLETE;
    }
    Optional<PinState> pins = catalog.pins().of(image.imageDag());
    boolean verified = pins.isPresent() && pins.get().verified() > 0;
    if (!verified && !peer.isPinned(image.imageDag().cid())) {
      return LOST;
    }
    return pins.isPresent() && pins.get().wanted() >= conversion.copies() ? SETTLED : HELD;
  }
}
