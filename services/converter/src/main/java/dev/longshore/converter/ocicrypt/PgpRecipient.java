package dev.longshore.converter.ocicrypt;

import dev.longshore.oci.Digest;

/** The owner of an OpenPGP key. */
record PgpRecipient(Digest fingerprint) implements Recipient {
  @Override
  public Scheme scheme() {
    return Scheme.PGP;
  }

  @Override
  public String canonicalKey() {
    return "pgp:" + fingerprint.hex();
  }
}
