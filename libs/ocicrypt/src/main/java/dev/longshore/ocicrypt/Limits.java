package dev.longshore.ocicrypt;

/** Limits for keys and annotations. */
final class Limits {
  /** Bytes of a file of keys; a large key ring of gpg has some hundred KiB. */
  static final int KEY_FILE = 1 << 20;

  /** Bytes of one wrapped key; 64 recipients with RSA keys of 16384 bit take 180 KiB. */
  static final int PACKET = 256 << 10;

  /** Packets of one scheme: each call that adds recipients appends one. */
  static final int PACKETS = 32;

  /** Recipients in all packets of a layer: a private key is tried on each possible one. */
  static final int RECIPIENTS = 128;

  /** Bytes of the options that a packet wraps; ocicrypt writes some 250. */
  static final int OPTIONS = 4 << 10;

  /** Least bits of an RSA key to encrypt to, as in RFC 7518 4.3 and by NIST. */
  static final int RSA_NEW = 2048;

  /** Least bits of an RSA key to read; the reference refuses shorter ones. */
  static final int RSA_LEAST = 1024;

  /** Most bits of an RSA key: the JDK's own limit, where one decryption takes a second. */
  static final int RSA_MOST = 16_384;

  /** Most bits of an RSA public exponent; everyone uses 65537, and long ones cost time. */
  static final int RSA_EXPONENT = 64;

  private Limits() {}
}
