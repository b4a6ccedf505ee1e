package dev.longshore.watcher;

import dev.longshore.events.Hint;
import dev.longshore.model.RegistryHost;
import java.util.List;
import java.util.Locale;

/** Turns a hint's body into targets, by its content type. */
final class HintReader {
  private final RegistryHost host;

  /** Reads hints about this registry, even if their bodies name another host. */
  HintReader(RegistryHost host) {
    this.host = host;
  }

  List<HintTarget> read(Hint hint) throws MalformedHintException {
    String type = mediaType(hint.contentType());
    return switch (type) {
      case Hint.REFERENCE -> List.of(reference(hint));
      case DistributionEvents.V1, DistributionEvents.V2, DistributionEvents.JSON ->
          DistributionEvents.read(host, hint.bytes());
      default ->
          throw new MalformedHintException(
              "content type '"
                  + type
                  + "' (expected: "
                  + DistributionEvents.V2
                  + ", as the CNCF registry sends)",
              null);
    };
  }

  /**
   * A hint about a containerd's image says what it points to, unless the image is gone. The right
   * to send a registry's notifications must not include choosing modes and recipients. What a later
   * release heard of may be no better.
   */
  private HintTarget reference(Hint hint) throws MalformedHintException {
    HintTarget read = ReferenceBody.read(host, hint.bytes());
    return switch (hint.origin()) {
      case POLL, PUSH -> read;
      case CONTAINERD -> read.digest() == null ? read.asDeletion() : read;
      case WEBHOOK, UNKNOWN -> read.unasked();
    };
  }

  private static String mediaType(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }
}
