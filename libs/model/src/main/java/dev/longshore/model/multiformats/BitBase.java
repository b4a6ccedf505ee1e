package dev.longshore.model.multiformats;

import java.util.Arrays;

/** Bases whose digit is a whole number of bits (RFC 4648 and its like). */
final class BitBase implements Multibase.TextCodec {
  private final String alphabet;
  private final int bits;
  private final boolean padded;
  private final byte[] values = new byte[128];

  BitBase(String alphabet, int bitsPerDigit, boolean padded) {
    this.alphabet = alphabet;
    this.bits = bitsPerDigit;
    this.padded = padded;
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < alphabet.length(); i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
  }

  @Override
  public String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length * 8 / bits + 8);
    int held = 0;
    int pending = 0;
    for (byte b : bytes) {
      pending = pending << 8 | (b & 0xff);
      held += 8;
      while (held >= bits) {
        held -= bits;
        text.append(alphabet.charAt(pending >>> held & mask(bits)));
      }
      pending &= mask(held);
    }
    if (held > 0) {
      text.append(alphabet.charAt(pending << (bits - held) & mask(bits)));
    }
    while (padded && text.length() % group() != 0) {
      text.append('=');
    }
    return text.toString();
  }

  @Override
  public byte[] decode(String text) {
    String digits = padded ? withoutPadding(text) : text;
    byte[] bytes = new byte[digits.length() * bits / 8];
    int at = 0;
    int held = 0;
    int pending = 0;
    for (int i = 0; i < digits.length(); i++) {
      pending = pending << bits | valueOf(digits.charAt(i), i);
      held += bits;
      if (held >= 8) {
        held -= 8;
        bytes[at++] = (byte) (pending >>> held);
        pending &= mask(held);
      }
    }
    if (held >= bits || pending != 0) {
      throw new IllegalArgumentException("stray bits behind the last whole byte");
    }
    return bytes;
  }

  private int valueOf(char c, int index) {
    int value = c < values.length ? values[c] : -1;
    if (value < 0) {
      throw new IllegalArgumentException(
          "character U+%04X at digit %d".formatted((int) c, index + 1));
    }
    return value;
  }

  private String withoutPadding(String text) {
    if (text.length() % group() != 0) {
      throw new IllegalArgumentException("padding is missing");
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '=') {
      end--;
    }
    if (text.length() - end >= group()) {
      throw new IllegalArgumentException("too much padding");
    }
    return text.substring(0, end);
  }

  /** Digits of the smallest whole number of bytes. */
  private int group() {
    return bits == 5 ? 8 : 4;
  }

  private static int mask(int width) {
    return (1 << width) - 1;
  }
}
