package dev.longshore.ocicrypt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The content that key wrapping protects: a layer's key, the first counter block, and the digest of
 * the plain layer; ocicrypt's private options.
 */
final class LayerSecret implements AutoCloseable {
  /** AES-256 and HMAC-SHA256 share one key. */
  static final int KEY_BYTES = 32;

  static final int NONCE_BYTES = 16;

  private final byte[] key;
  private final byte[] nonce;
  private final Digest plain;
  private final byte[] json;

  private LayerSecret(byte[] key, byte[] nonce, Digest plain, byte[] json) {
    this.key = key;
    this.nonce = nonce;
    this.plain = plain;
    this.json = json;
  }

  static LayerSecret fresh(Digest plain, SecureRandom random) {
    byte[] key = new byte[KEY_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(key);
    random.nextBytes(nonce);
    return new LayerSecret(key, nonce, plain, json(key, nonce, plain));
  }

  private static byte[] json(byte[] key, byte[] nonce, Digest plain) {
    byte[] key64 = Base64.getEncoder().encode(key);
    byte[] nonce64 = Base64.getEncoder().encode(nonce);
    WipedBytes out = new WipedBytes();
    out.text("{\"symkey\":\"").bytes(key64);
    out.text("\",\"digest\":\"" + plain + "\",\"cipheroptions\":{\"nonce\":\"").bytes(nonce64);
    out.text("\"}}");
    Secrets.wipe(key64, nonce64);
    return out.taken();
  }

  /** Takes ownership of the array: wipes it when closed, or at once if it cannot be read. */
  static LayerSecret parse(byte[] json) throws OcicryptException {
    byte[] key = new byte[0];
    try {
      ObjectNode options =
          json.length > Limits.OPTIONS ? null : StrictJson.object(json).orElse(null);
      if (options == null) {
        throw bad("they are no JSON object of at most " + Limits.OPTIONS + " bytes");
      }
      key = binary(options.path("symkey"), KEY_BYTES, "symkey");
      byte[] nonce = binary(options.path("cipheroptions").path("nonce"), NONCE_BYTES, "nonce");
      return new LayerSecret(key, nonce, digest(options), json);
    } catch (OcicryptException e) {
      Secrets.wipe(json, key);
      throw e;
    }
  }

  private static byte[] binary(JsonNode node, int length, String name) throws OcicryptException {
    Optional<byte[]> bytes = Base64Text.standard(node.isTextual() ? node.textValue() : "");
    if (bytes.isEmpty() || bytes.get().length != length) {
      bytes.ifPresent(Secrets::wipe);
      throw bad(name + " is not base64 of " + length + " bytes");
    }
    return bytes.get();
  }

  private static Digest digest(ObjectNode options) throws OcicryptException {
    try {
      return Digest.parse(StrictJson.text(options, "digest").orElse(""));
    } catch (OciFormatException _) {
      // Whoever wraps options may have put the key here: nothing of them is quoted.
      throw bad("digest of the plain layer is no digest");
    }
  }

  private static OcicryptException bad(String reason) {
    return OcicryptException.badAnnotation("the layer's wrapped options", reason);
  }

  byte[] key() {
    return key;
  }

  byte[] nonce() {
    return nonce;
  }

  /** Digest of the layer before encryption. */
  Digest plain() {
    return plain;
  }

  /** The exact unwrapped bytes, to wrap again. */
  byte[] json() {
    return json;
  }

  @Override
  public void close() {
    Secrets.wipe(key, nonce, json);
  }

  @Override
  public String toString() {
    return "LayerSecret[not shown]";
  }

  /** An output that leaves no copies behind. */
  private static final class WipedBytes extends ByteArrayOutputStream {
    WipedBytes() {
      super(Limits.OPTIONS);
    }

    WipedBytes text(String text) {
      return bytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    WipedBytes bytes(byte[] bytes) {
      writeBytes(bytes);
      return this;
    }

    byte[] taken() {
      byte[] copy = Arrays.copyOf(buf, count);
      Secrets.wipe(buf);
      return copy;
    }
  }
}
