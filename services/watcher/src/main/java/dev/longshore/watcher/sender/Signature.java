package dev.longshore.watcher.sender;

import dev.longshore.settings.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An HMAC of a body, as a header shows it: in hexadecimal, perhaps after its algorithm. */
public final class Signature {
  private static final Pattern SHA256 = Pattern.compile("(?:sha256=)?([0-9a-fA-F]{64})");
  private static final Pattern SHA1 = Pattern.compile("(?:sha1=)?([0-9a-fA-F]{40})");

  private final String algorithm;
  private final byte[] value;

  private Signature(String algorithm, byte[] value) {
    this.algorithm = algorithm;
    this.value = value;
  }

  /** One by SHA-256. */
  static Optional<Signature> sha256(String header) {
    return of("HmacSHA256", SHA256.matcher(header));
  }

  /** One by SHA-1. */
  static Optional<Signature> sha1(String header) {
    return of("HmacSHA1", SHA1.matcher(header));
  }

  private static Optional<Signature> of(String algorithm, Matcher header) {
    return header.matches()
        ? Optional.of(
            new Signature(
                algorithm, HexFormat.of().parseHex(header.group(1).toLowerCase(Locale.ROOT))))
        : Optional.empty();
  }

  /** Whether who signed the body has the key; compared in constant time. */
  public boolean isOf(byte[] body, Secret key) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key.reveal().getBytes(StandardCharsets.UTF_8), algorithm));
      return MessageDigest.isEqual(value, mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          algorithm + " is missing in this Java: use a complete JDK 25", e);
    }
  }

  /** JSON without the blanks between its parts, which Nexus leaves out when it signs. */
  public static byte[] compact(byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
    boolean quoted = false;
    boolean escaped = false;
    for (byte at : json) {
      if (quoted || !(at == ' ' || at == '\n' || at == '\r' || at == '\t')) {
        out.write(at);
      }
      quoted ^= at == '"' && !escaped;
      escaped = quoted && at == '\\' && !escaped;
    }
    return out.toByteArray();
  }
}
