package dev.longshore.ocicrypt;

/** What is read of keys and annotations at most. */
final class Limits {
  /** Bytes of a file of keys; a large key ring of gpg has some hundred KiB. */
  static final int KEY_FILE = 1 << 20;

  /** Bytes of one wrapped key; 64 recipients with RSA keys of 16384 bit take 180 KiB. */
  static final int PACKET = 256 << 10;

  /** Packets of one scheme: each call that adds recipients appends one. */
  static final int PACKETS = 32;

  /** Recipients in all packets of a layer: a private key is tried on each that it may fit. */
  static final int RECIPIENTS = 128;

  /** Bytes of the options that a packet wraps; ocicrypt writes some 250. */
  static final int OPTIONS = 4 << 10;

  /** Bits of an RSA key that is encrypted to; RFC 7518 4.3 and NIST ask for no less. */
  static final int RSA_NEW = 2048;

  /** Bits of an RSA key that is still read; the reference refuses what is shorter. */
  static final int RSA_LEAST = 1024;

  /** Bits of an RSA key; the JDK's own limit, where one decryption takes a second. */
  static final int RSA_MOST = 16_384;

  /** Bits of an RSA public exponent; 65537 is what everybody uses, and long ones cost time. */
  static final int RSA_EXPONENT = 64;

  private Limits() {}
}
