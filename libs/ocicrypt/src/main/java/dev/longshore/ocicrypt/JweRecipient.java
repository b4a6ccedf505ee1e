package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;

/** The owner of an RSA or EC key. */
record JweRecipient(JweAlgorithm algorithm, PublicKey key) implements Recipient {
  static JweRecipient parse(String what, byte[] file) throws OcicryptException {
    JweRecipient recipient = PublicKeyFile.read(what, file);
    if (recipient.key instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < Limits.RSA_NEW) {
      throw OcicryptException.unsupported(
          what,
          "RSA with %d bits; %d are the least that is safe to encrypt to"
              .formatted(rsa.getModulus().bitLength(), Limits.RSA_NEW));
    }
    return recipient;
  }

  @Override
  public Scheme scheme() {
    return Scheme.JWE;
  }

  @Override
  public String canonicalKey() {
    return "jwe:" + algorithm.text() + ":" + Digest.of(key.getEncoded()).hex();
  }
}
