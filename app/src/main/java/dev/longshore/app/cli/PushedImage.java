package dev.longshore.app.cli;

import dev.longshore.app.SourceRegistries;
import dev.longshore.app.settings.Settings;
import dev.longshore.converter.image.RequestedLayers;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.List;

/**
 * The image to push, as its registry has it now.
 *
 * @param top its manifest or index
 */
record PushedImage(ImageSource source, Reference reference, Descriptor top) {
  /** Looks it up here, to report a wrong name at once. */
  static PushedImage at(Settings settings, Reference reference) throws CommandException {
    ImageSource source = SourceRegistries.client(settings.shared().registries());
    try {
      return new PushedImage(source, reference, source.resolve(reference));
    } catch (RegistryException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  Digest digest() {
    return top.digest();
  }

  /**
   * The layers of each requested mode; empty if they cannot be determined, since the converter will
   * say why.
   */
  List<RequestedLayers> layers(Settings settings, ConversionRequest request)
      throws InterruptedException {
    try {
      return RequestedLayers.of(
          settings.shared().rules(), reference.name(), reference.selector(), request, source, top);
    } catch (PermanentFailure | TransientFailure e) {
      return List.of();
    }
  }
}
