package dev.longshore.ocicrypt;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Base64 of strangers. */
final class Base64Text {
  private Base64Text() {}

  /** With padding, as annotations have it. */
  static Optional<byte[]> standard(String text) {
    return decoded(Base64.getDecoder(), text);
  }

  /** For URLs, as JOSE has it. */
  static Optional<byte[]> url(String text) {
    return decoded(Base64.getUrlDecoder(), text);
  }

  static String urlText(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Optional<byte[]> decoded(Base64.Decoder decoder, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return Optional.of(decoder.decode(encoded));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    } finally {
      Secrets.wipe(encoded);
    }
  }
}
