package dev.longshore.model;

import dev.longshore.model.multiformats.ByteCursor;
import dev.longshore.model.multiformats.Multibase;
import dev.longshore.model.multiformats.Multihash;
import dev.longshore.model.multiformats.Varint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A content identifier (multiformats CID specification), parsed or as stored in a record.
 *
 * <p>{@link #parse} and the readers of bytes validate, and give the text that Kubo prints. {@link
 * #stored} keeps any text, even an invalid one: keys of Kafka and SQLite contain it, and it must
 * not change. It is parsed on first use of its parts, which throws if the text is not a CID.
 *
 * <p>Two CIDs are equal when their texts are, like keys: the base32 and the base58 text of one CID
 * differ, and so do v0 and v1 of one block. To compare a record's CID with one that a node lists or
 * reads, use {@link #checked}: those are equal when version, codec and multihash are. To compare
 * the bytes behind two CIDs, use {@link #multihash}.
 */
public final class Cid {
  /** Multicodec of bytes without structure. */
  public static final long RAW = 0x55;

  /** Multicodec of dag-pb nodes. */
  public static final long DAG_PB = 0x70;

  private static final int SHA2_256 = 0x12;
  private static final int SHA2_256_BYTES = 32;
  private static final int V0_BYTES = 34;

  /** The stored text; null if it is the canonical one. */
  private final @Nullable String text;

  private final @Nullable Parts given;

  /** Parsed from the text on first use; any thread may do it, with the same result. */
  private @Nullable Parts parsed;

  private Cid(@Nullable String text, @Nullable Parts given) {
    this.text = text;
    this.given = given;
  }

  private Cid(int version, long codec, Multihash hash) {
    this(null, new Parts(version, codec, hash));
  }

  private record Parts(int version, long codec, Multihash hash) {}

  /** Wraps any text from a record's CID field. */
  public static Cid stored(String text) {
    return new Cid(text, null);
  }

  /** CIDv1 of a raw block, given the SHA-256 of its bytes. */
  public static Cid raw(byte[] sha256) {
    return new Cid(1, RAW, Multihash.sha256(sha256));
  }

  /** CIDv1 of a dag-pb block, given the SHA-256 of its bytes. */
  public static Cid dagPb(byte[] sha256) {
    return new Cid(1, DAG_PB, Multihash.sha256(sha256));
  }

  /** CIDv1 of a dag-pb block, given the SHA-512 of its bytes. */
  public static Cid dagPbSha512(byte[] sha512) {
    return new Cid(1, DAG_PB, Multihash.sha512(sha512));
  }

  /**
   * Reads a v0 CID, or a v1 CID in any multibase that Kubo prints.
   *
   * @throws MalformedCidException when it is neither
   */
  public static Cid parse(String text) {
    boolean v0 = text.length() == 46 && text.startsWith("Qm");
    try {
      Cid cid = decode(v0 ? Multibase.BASE58_BTC.decode(text) : Multibase.decodePrefixed(text));
      if (!v0 && cid.version() == 0) {
        throw new IllegalArgumentException("a version 0 CID takes no multibase prefix");
      }
      return cid;
    } catch (IllegalArgumentException e) {
      String shown = text.length() > 120 ? text.substring(0, 120) + "..." : text;
      throw new MalformedCidException("CID \"" + shown + "\": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a binary CID that fills the whole array.
   *
   * @throws MalformedCidException when it does not
   */
  public static Cid ofBytes(byte[] bytes) {
    try {
      return decode(bytes);
    } catch (IllegalArgumentException e) {
      throw new MalformedCidException("CID of " + bytes.length + " bytes: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the binary CID at the cursor, and moves the cursor past it.
   *
   * @throws MalformedCidException when there is none
   */
  public static Cid readFrom(ByteCursor cursor) {
    try {
      return decodeFirst(cursor);
    } catch (IllegalArgumentException e) {
      throw new MalformedCidException("CID: " + e.getMessage(), e);
    }
  }

  private static Cid decode(byte[] bytes) {
    if (bytes.length > Multibase.MAX_BYTES) {
      throw new IllegalArgumentException(
          bytes.length + " bytes (expected: <= " + Multibase.MAX_BYTES + ")");
    }
    ByteCursor cursor = new ByteCursor(bytes);
    Cid cid = decodeFirst(cursor);
    if (!cursor.atEnd()) {
      throw new IllegalArgumentException(cursor.remaining() + " bytes too many");
    }
    return cid;
  }

  private static Cid decodeFirst(ByteCursor cursor) {
    long first = cursor.varint();
    if (first == SHA2_256) {
      long length = cursor.varint();
      if (length != SHA2_256_BYTES) {
        throw new IllegalArgumentException("digest of " + length + " bytes (expected: 32)");
      }
      return new Cid(0, DAG_PB, Multihash.sha256(cursor.take(length)));
    }
    if (first != 1) {
      throw new IllegalArgumentException("version " + first + " (expected: 0 or 1)");
    }
    return new Cid(1, cursor.varint(), Multihash.readFrom(cursor));
  }

  /**
   * This CID with the text that Kubo prints.
   *
   * @throws MalformedCidException if the stored text is not a CID
   */
  public Cid checked() {
    return text == null ? this : new Cid(null, parts());
  }

  private Parts parts() {
    if (given != null) {
      return given;
    }
    Parts known = parsed;
    if (known == null) {
      known = parse(Objects.requireNonNull(text)).parts();
      parsed = known;
    }
    return known;
  }

  public int version() {
    return parts().version;
  }

  public long codec() {
    return parts().codec;
  }

  public Multihash multihash() {
    return parts().hash;
  }

  /** The bare digest, without the multihash's code and length. */
  public byte[] digest() {
    return multihash().digest();
  }

  /** The binary form: the bare multihash for v0. */
  public byte[] bytes() {
    byte[] bytes = new byte[byteLength()];
    int at = 0;
    if (version() == 1) {
      bytes[at++] = 1;
      at = Varint.write(codec(), bytes, at);
    }
    multihash().writeTo(bytes, at);
    return bytes;
  }

  /** Bytes of the binary form. */
  public int byteLength() {
    return version() == 0 ? V0_BYTES : 1 + Varint.length(codec()) + multihash().byteLength();
  }

  /** Whether this is the block's own content, carried in the CID (identity multihash). */
  public boolean isInline() {
    return multihash().code() == Multihash.IDENTITY;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Cid that)) {
      return false;
    }
    boolean bothCanonical = text == null && that.text == null;
    return bothCanonical ? parts().equals(that.parts()) : toString().equals(that.toString());
  }

  /** Compares without building the texts of a million blocks: equal texts parse alike. */
  @Override
  public int hashCode() {
    try {
      return parts().hashCode();
    } catch (MalformedCidException e) {
      return toString().hashCode();
    }
  }

  /** The stored text; else lower-case base32 for v1 and base58 for v0, as Kubo prints them. */
  @Override
  public String toString() {
    if (text != null) {
      return text;
    }
    return version() == 0
        ? Multibase.BASE58_BTC.encode(bytes())
        : "b" + Multibase.BASE32.encode(bytes());
  }
}
