package dev.longshore.model.multiformats;

import java.util.List;
import java.util.Locale;

/**
 * A text encoding of binary CIDs (multiformats multibase table).
 *
 * @param prefix the character that identifies it
 * @param codec its encoding
 */
public record Multibase(char prefix, TextCodec codec) {
  private static final String HEX = "0123456789abcdef";
  private static final String RFC32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final String HEX32 = "0123456789abcdefghijklmnopqrstuv";
  private static final String Z32 = "ybndrfg8ejkmcpqxot1uwisza345h769";
  private static final String DIGITS36 = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String BTC = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final String FLICKR = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
  private static final String ALNUM =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  public static final Multibase BASE32 = bits('b', RFC32, 5, false);
  public static final Multibase BASE58_BTC = new Multibase('z', new PositionalBase(BTC));

  private static final List<Multibase> ALL =
      List.of(
          BASE32,
          BASE58_BTC,
          bits('0', "01", 1, false),
          bits('7', "01234567", 3, false),
          new Multibase('9', new PositionalBase("0123456789")),
          bits('f', HEX, 4, false),
          bits('F', upper(HEX), 4, false),
          bits('B', upper(RFC32), 5, false),
          bits('c', RFC32, 5, true),
          bits('C', upper(RFC32), 5, true),
          bits('v', HEX32, 5, false),
          bits('V', upper(HEX32), 5, false),
          bits('t', HEX32, 5, true),
          bits('T', upper(HEX32), 5, true),
          bits('h', Z32, 5, false),
          new Multibase('k', new PositionalBase(DIGITS36)),
          new Multibase('K', new PositionalBase(upper(DIGITS36))),
          new Multibase('Z', new PositionalBase(FLICKR)),
          bits('m', ALNUM + "+/", 6, false),
          bits('M', ALNUM + "+/", 6, true),
          bits('u', ALNUM + "-_", 6, false),
          bits('U', ALNUM + "-_", 6, true));

  /**
   * Longest binary CID to read: v1, two varints of three bytes, a 64-byte digest and some slack.
   */
  public static final int MAX_BYTES = 128;

  /** Longest text to read: a CID of the largest size in base 2, and its prefix. */
  private static final int MAX_TEXT = MAX_BYTES * 8 + 1;

  private static Multibase bits(char prefix, String alphabet, int bitsPerDigit, boolean padded) {
    return new Multibase(prefix, new BitBase(alphabet, bitsPerDigit, padded));
  }

  private static String upper(String alphabet) {
    return alphabet.toUpperCase(Locale.ROOT);
  }

  public String encode(byte[] bytes) {
    return codec.encode(bytes);
  }

  public byte[] decode(String text) {
    return codec.decode(text);
  }

  public static byte[] decodePrefixed(String text) {
    if (text.length() < 2 || text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          text.length() + " characters (expected: 2 to " + MAX_TEXT + ")");
    }
    if (EmojiBase.isPrefixOf(text)) {
      return EmojiBase.decodePrefixed(text);
    }
    for (Multibase base : ALL) {
      if (base.prefix == text.charAt(0)) {
        return base.decode(text.substring(1));
      }
    }
    throw new IllegalArgumentException(
        "unknown multibase prefix U+%04X".formatted(text.codePointAt(0)));
  }

  /** A way to write bytes as text, without the multibase prefix. */
  interface TextCodec {
    String encode(byte[] bytes);

    byte[] decode(String text);
  }
}
