package dev.longshore.ocicrypt;

import java.util.HexFormat;

/** Object identifiers as DER has them, tag and length included. */
final class Oid {
  static final byte[] RSA = hex("06092a864886f70d010101");
  static final byte[] RSA_OAEP = hex("06092a864886f70d010107");
  static final byte[] EC = hex("06072a8648ce3d0201");
  static final byte[] P256 = hex("06082a8648ce3d030107");
  static final byte[] P384 = hex("06052b81040022");
  static final byte[] P521 = hex("06052b81040023");
  static final byte[] DATA = hex("06092a864886f70d010701");
  static final byte[] ENVELOPED_DATA = hex("06092a864886f70d010703");
  static final byte[] AES_128_GCM = hex("0609608648016503040106");
  static final byte[] AES_256_GCM = hex("060960864801650304012e");
  static final byte[] SHA1 = hex("06052b0e03021a");
  static final byte[] SHA256 = hex("0609608648016503040201");

  private Oid() {}

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
