package dev.longshore.ocicrypt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The readable content of annotation {@value #ANNOTATION}: the cipher and its HMAC. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PublicOptions(byte[] hmac, Optional<byte[]> nonce) {
  static final String ANNOTATION = "org.opencontainers.image.enc.pubopts";

  /** The only cipher: AES-256-CTR, then HMAC-SHA256 of the ciphertext. */
  private static final String CIPHER = "AES_256_CTR_HMAC_SHA256";

  private static final int HMAC_BYTES = 32;

  PublicOptions(byte[] hmac) {
    this(hmac, Optional.empty());
  }

  /** The annotation's value. */
  String encoded() {
    String json =
        "{\"cipher\":\"%s\",\"hmac\":\"%s\",\"cipheroptions\":{}}"
            .formatted(CIPHER, Base64.getEncoder().encodeToString(hmac));
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
  }

  static PublicOptions of(Map<String, String> annotations) throws OcicryptException {
    String text = annotations.get(ANNOTATION);
    if (text == null) {
      throw bad("the layer has none: it is not encrypted, or lost its annotations");
    }
    if (text.length() > 2 * Limits.OPTIONS) {
      throw OcicryptException.limit(ANNOTATION, "it is longer than options ever are");
    }
    ObjectNode json =
        Base64Text.standard(text)
            .flatMap(StrictJson::object)
            .orElseThrow(() -> bad("it is no base64 of a JSON object"));
    String cipher = StrictJson.text(json, "cipher").orElse("");
    if (!cipher.equals(CIPHER)) {
      throw OcicryptException.unsupported(ANNOTATION, "its cipher is not " + CIPHER);
    }
    byte[] hmac =
        StrictJson.text(json, "hmac")
            .flatMap(Base64Text::standard)
            .filter(bytes -> bytes.length == HMAC_BYTES)
            .orElseThrow(() -> bad("hmac is not base64 of " + HMAC_BYTES + " bytes"));
    return new PublicOptions(hmac, nonce(json.path("cipheroptions").path("nonce")));
  }

  private static Optional<byte[]> nonce(JsonNode node) throws OcicryptException {
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(
        Base64Text.standard(node.isTextual() ? node.textValue() : "")
            .orElseThrow(() -> bad("nonce is no base64")));
  }

  /**
   * The reference prefers a readable, unauthenticated nonce over the wrapped one; with a different
   * one the HMAC would match but the plaintext be noise.
   */
  void agreeWith(LayerSecret secret) throws OcicryptException {
    if (nonce.isPresent() && !Arrays.equals(nonce.get(), secret.nonce())) {
      throw new OcicryptException(
          OcicryptException.Kind.CHANGED_ANNOTATION,
          ANNOTATION + " names another nonce than the wrapped options: it was changed");
    }
  }

  private static OcicryptException bad(String reason) {
    return OcicryptException.badAnnotation(ANNOTATION, reason);
  }
}
