package dev.longshore.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A content digest such as {@code sha256:<64 hex>} (OCI image spec, "Digests"), parsed or as stored
 * in a record.
 *
 * <p>{@link #stored} keeps any text, such as one with an algorithm of another release; its
 * algorithm and hex are unavailable. Digests are equal, and ordered, like their texts.
 */
public final class Digest implements Comparable<Digest> {
  private static final HexFormat HEX = HexFormat.of();

  private final String text;

  /** Known once the text was parsed as a digest; any thread may do it, with the same result. */
  private @Nullable Algorithm algorithm;

  private Digest(String text, @Nullable Algorithm algorithm) {
    this.text = text;
    this.algorithm = algorithm;
  }

  /** The registered algorithms that a registry may use. */
  public enum Algorithm {
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128);

    private final String prefix;
    private final String jcaName;
    private final int hexLength;

    Algorithm(String prefix, String jcaName, int hexLength) {
      this.prefix = prefix;
      this.jcaName = jcaName;
      this.hexLength = hexLength;
    }

    /** The text before the colon. */
    public String prefix() {
      return prefix;
    }

    /** A fresh hash of this algorithm. */
    public MessageDigest newHash() {
      try {
        return MessageDigest.getInstance(jcaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(jcaName + " is missing from this Java runtime", e);
      }
    }
  }

  /**
   * A digest with this algorithm.
   *
   * @param hex lower-case, of the algorithm's length
   */
  public Digest(Algorithm algorithm, String hex) {
    this(algorithm.prefix + ":" + hex, algorithm);
    checkHex(algorithm, hex);
  }

  /** Wraps any text from a record's digest field. */
  public static Digest stored(String text) {
    return new Digest(text, null);
  }

  /** Parses {@code algorithm:hex}. */
  public static Digest parse(String text) {
    return new Digest(text, check(text));
  }

  private static Algorithm check(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw OciFormatException.of("digest", text, "algorithm:hex, there is no colon");
    }
    String prefix = text.substring(0, colon);
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm.prefix.equals(prefix)) {
        checkHex(algorithm, text.substring(colon + 1));
        return algorithm;
      }
    }
    throw OciFormatException.of("digest", text, "algorithm sha256 or sha512");
  }

  private static void checkHex(Algorithm algorithm, String hex) {
    if (hex.length() != algorithm.hexLength) {
      throw OciFormatException.of(
          "digest",
          algorithm.prefix + ":" + hex,
          algorithm.hexLength + " hex digits after the colon, found " + hex.length());
    }
    for (int i = 0; i < hex.length(); i++) {
      char c = hex.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        throw OciFormatException.of(
            "digest", algorithm.prefix + ":" + hex, "lower-case hex digits only");
      }
    }
  }

  /**
   * This digest.
   *
   * @throws OciFormatException if the stored text is not a digest
   */
  public Digest checked() {
    algorithm();
    return this;
  }

  public Algorithm algorithm() {
    Algorithm known = algorithm;
    if (known == null) {
      known = check(text);
      algorithm = known;
    }
    return known;
  }

  /** Lower-case, of the algorithm's length. */
  public String hex() {
    return text.substring(algorithm().prefix.length() + 1);
  }

  /** A sha256 digest from its 64 hex digits. */
  public static Digest sha256(String hex) {
    return new Digest(Algorithm.SHA256, hex);
  }

  /** The sha256 of these bytes. */
  public static Digest of(byte[] bytes) {
    return of(Algorithm.SHA256, bytes);
  }

  /** The digest of these bytes by that algorithm. */
  public static Digest of(Algorithm algorithm, byte[] bytes) {
    return finish(algorithm, algorithm.newHash().digest(bytes));
  }

  /** Ends a running hash that {@link Algorithm#newHash} gave. */
  public static Digest finish(Algorithm algorithm, MessageDigest hash) {
    return finish(algorithm, hash.digest());
  }

  private static Digest finish(Algorithm algorithm, byte[] hashed) {
    return new Digest(algorithm, HEX.formatHex(hashed));
  }

  @Override
  public int compareTo(Digest other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
