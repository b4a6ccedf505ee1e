package dev.longshore.ocicrypt;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JSON Web Encryption (RFC 7516) around a layer's wrapped options.
 *
 * @param others recipients of algorithms that are not supported, in words
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Jwe(
    ContentCipher cipher,
    List<JweEntry> entries,
    List<String> others,
    byte[] aad,
    byte[] iv,
    byte[] ciphertext,
    byte[] tag) {
  Jwe {
    entries = List.copyOf(entries);
    others = List.copyOf(others);
  }

  /** Flattened JSON for one recipient, general JSON for more, as the reference's library does. */
  static byte[] seal(List<JweRecipient> to, byte[] options, SecureRandom random) {
    byte[] key = new byte[ContentCipher.A256GCM.keyBytes()];
    byte[] iv = new byte[ContentCipher.GCM_IV_BYTES];
    random.nextBytes(key);
    random.nextBytes(iv);
    try {
      List<JweEntry> entries = to.stream().map(r -> JweEntry.wrap(r, key, random)).toList();
      boolean one = entries.size() == 1;
      String header =
          one
              ? "{%s,\"enc\":\"A256GCM\"}".formatted(headerFields(entries.getFirst()))
              : "{\"enc\":\"A256GCM\"}";
      String aad = Base64Text.urlText(header.getBytes(StandardCharsets.US_ASCII));
      byte[] sealed = ContentCipher.seal(key, iv, aad.getBytes(StandardCharsets.US_ASCII), options);
      int split = sealed.length - ContentCipher.GCM_TAG_BYTES;
      String json =
          "{\"protected\":\"%s\",%s,\"iv\":\"%s\",\"ciphertext\":\"%s\",\"tag\":\"%s\"}"
              .formatted(
                  aad,
                  one ? keyField(entries.getFirst()) : recipients(entries),
                  Base64Text.urlText(iv),
                  Base64Text.urlText(Arrays.copyOf(sealed, split)),
                  Base64Text.urlText(Arrays.copyOfRange(sealed, split, sealed.length)));
      return json.getBytes(StandardCharsets.US_ASCII);
    } finally {
      Secrets.wipe(key);
    }
  }

  private static String recipients(List<JweEntry> entries) {
    return entries.stream()
        .map(entry -> "{\"header\":{%s},%s}".formatted(headerFields(entry), keyField(entry)))
        .collect(Collectors.joining(",", "\"recipients\":[", "]"));
  }

  private static String keyField(JweEntry entry) {
    return "\"encrypted_key\":\"" + Base64Text.urlText(entry.encryptedKey()) + "\"";
  }

  private static String headerFields(JweEntry entry) {
    String algorithm = "\"alg\":\"" + entry.algorithm().text() + "\"";
    return entry
        .ephemeral()
        .map(
            key -> {
              EcCurve curve = EcCurve.of(key).orElseThrow();
              return "%s,\"epk\":{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
                  .formatted(
                      algorithm,
                      curve.text(),
                      Base64Text.urlText(curve.coordinate(key.getW().getAffineX())),
                      Base64Text.urlText(curve.coordinate(key.getW().getAffineY())));
            })
        .orElse(algorithm);
  }

  /**
   * The options; empty if no key belongs to a recipient.
   *
   * @throws OcicryptException if one does, but the content was changed
   */
  Optional<byte[]> open(List<PrivateKey> keys) throws OcicryptException {
    return KeyTrials.open(
        Scheme.JWE,
        entries,
        keys,
        JweEntry::unwrap,
        contentKey -> cipher.open(contentKey, iv, aad, ciphertext, tag));
  }

  int recipientCount() {
    return entries.size() + others.size();
  }

  /** One line for each recipient. */
  List<String> recipientTexts() {
    return Stream.concat(entries.stream().map(JweEntry::description), others.stream()).toList();
  }
}
