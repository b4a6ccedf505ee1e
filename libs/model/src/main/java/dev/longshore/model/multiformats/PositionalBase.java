package dev.longshore.model.multiformats;

import java.math.BigInteger;

/** Bases that write the bytes as one number; each leading zero byte is one leading zero digit. */
final class PositionalBase implements Multibase.TextCodec {
  private final String alphabet;
  private final BigInteger base;

  PositionalBase(String alphabet) {
    this.alphabet = alphabet;
    this.base = BigInteger.valueOf(alphabet.length());
  }

  @Override
  public String encode(byte[] bytes) {
    StringBuilder digits = new StringBuilder();
    BigInteger rest = new BigInteger(1, bytes);
    while (rest.signum() > 0) {
      BigInteger[] quotient = rest.divideAndRemainder(base);
      digits.append(alphabet.charAt(quotient[1].intValueExact()));
      rest = quotient[0];
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      digits.append(alphabet.charAt(0));
    }
    return digits.reverse().toString();
  }

  @Override
  public byte[] decode(String text) {
    BigInteger number = BigInteger.ZERO;
    int zeros = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = alphabet.indexOf(text.charAt(i));
      if (value < 0) {
        throw new IllegalArgumentException(
            "character U+%04X at digit %d".formatted((int) text.charAt(i), i + 1));
      }
      if (value == 0 && zeros == i) {
        zeros++;
      }
      number = number.multiply(base).add(BigInteger.valueOf(value));
    }
    byte[] magnitude = number.signum() == 0 ? new byte[0] : number.toByteArray();
    int sign = magnitude.length > 0 && magnitude[0] == 0 ? 1 : 0;
    byte[] bytes = new byte[zeros + magnitude.length - sign];
    System.arraycopy(magnitude, sign, bytes, zeros, magnitude.length - sign);
    return bytes;
  }
}
