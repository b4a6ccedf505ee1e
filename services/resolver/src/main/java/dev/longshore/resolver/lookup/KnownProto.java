package dev.longshore.resolver.lookup;

import dev.longshore.api.v1.Conversion;
import dev.longshore.api.v1.Image;
import dev.longshore.api.v1.Mode;
import dev.longshore.api.v1.Name;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinMessages;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ModeName;
import java.util.List;

/** Writes answers as the gRPC API's messages. */
final class KnownProto {
  private KnownProto() {}

  static ResolveResponse of(Known known) {
    ResolveResponse.Builder response = ResolveResponse.newBuilder();
    known.images().forEach(image -> response.addImages(image(image)));
    known.completeAt().ifPresent(at -> response.setCompleteAt(PinMessages.timestamp(at)));
    return response.build();
  }

  private static Image image(Known.Source source) {
    Image.Builder image =
        Image.newBuilder().setDigest(source.digest().toString()).setMediaType(source.mediaType());
    source.forgottenAt().ifPresent(at -> image.setForgottenAt(PinMessages.timestamp(at)));
    source.names().forEach(name -> image.addNames(name(name)));
    source
        .conversions()
        .forEach(conversion -> image.addConversions(conversion(conversion, source.names())));
    return image.build();
  }

  private static Name name(TagState state) {
    return Name.newBuilder()
        .setRegistry(state.name().registry())
        .setRepository(state.name().repository())
        .setTag(state.tag() == null ? "" : state.tag().text())
        .setHintedAt(PinMessages.timestamp(state.hintedAt()))
        .setObservedAt(PinMessages.timestamp(state.observedAt()))
        .setDeleted(state.deleted())
        .build();
  }

  private static Conversion conversion(Known.Conversion conversion, List<TagState> names) {
    ImageState state = conversion.state();
    Conversion.Builder message =
        Conversion.newBuilder()
            .setMode(mode(state.mode()))
            .setRecipe(state.recipe().text())
            .setDigest(state.servedDigest().toString())
            .setImageDag(state.imageDag().toString())
            .setRoot(state.root().toString())
            .addAllPlatforms(state.platforms())
            .setBlobs(state.blobs())
            .setBytes(state.bytes())
            .addAllMissing(state.missing().stream().map(Digest::toString).toList())
            .setConvertedAt(PinMessages.timestamp(state.convertedAt()));
    conversion.pin().ifPresent(pin -> message.setPin(PinMessages.pin(pin.inOne(), names)));
    return message.build();
  }

  private static Mode mode(ModeName name) {
    return name.mode().map(KnownProto::mode).orElse(Mode.MODE_UNSPECIFIED);
  }

  private static Mode mode(dev.longshore.model.Mode mode) {
    return switch (mode) {
      case PLAIN -> Mode.MODE_PLAIN;
      case ESTARGZ -> Mode.MODE_ESTARGZ;
      case ZSTDCHUNKED -> Mode.MODE_ZSTDCHUNKED;
      case ENCRYPTED -> Mode.MODE_ENCRYPTED;
    };
  }
}
