package dev.longshore.model.multiformats;

/** Base 58 in Bitcoin's alphabet, without a prefix: how libp2p writes peer ids. */
public final class Base58 {
  private Base58() {}

  public static String encode(byte[] bytes) {
    return Multibase.BASE58_BTC.encode(bytes);
  }
}
