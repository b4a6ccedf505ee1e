package dev.longshore.ocicrypt;

/** Someone whose private key will open a layer. */
public sealed interface Recipient permits JweRecipient, Pkcs7Recipient, PgpRecipient {
  Scheme scheme();

  /**
   * {@code scheme:...:<sha256>} of everything that determines the wrapped key: never a path or
   * name.
   */
  String canonicalKey();
}
