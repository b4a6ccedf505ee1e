package dev.longshore.ocicrypt;

import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.api.KeyPairGeneratorCallback;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.bouncycastle.openpgp.api.OpenPGPKeyGenerator;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;
import org.bouncycastle.openpgp.operator.PGPKeyPairGenerator;

/** Keys of OpenPGP made on the spot. */
enum SamplePgp {
  RSA(generator -> generator.generateRsaKeyPair(2048), 1),
  OTHER_RSA(generator -> generator.generateRsaKeyPair(2048), 1),
  /** As gpg makes it today. */
  CURVE25519(PGPKeyPairGenerator::generateLegacyX25519KeyPair, 18),
  /** As RFC 9580 has it. */
  X25519(PGPKeyPairGenerator::generateX25519KeyPair, 25),
  P256(PGPKeyPairGenerator::generateNistP256ECDHKeyPair, 18),
  P521(PGPKeyPairGenerator::generateNistP521ECDHKeyPair, 18);

  static final String PASSWORD = "sesame open";

  private static final int VERSION = 4;

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
  private final OpenPGPKey key;

  private final int algorithm;

  SamplePgp(KeyPairGeneratorCallback subkey, int algorithm) {
    this.key = made(name(), subkey, "");
    this.algorithm = algorithm;
  }

  private static OpenPGPKey made(String name, KeyPairGeneratorCallback subkey, String password) {
    try {
      OpenPGPKeyGenerator.WithPrimaryKey with =
          generator()
              .withPrimaryKey(PGPKeyPairGenerator::generateLegacyEd25519KeyPair)
              .addUserId("%s (test) <%s>".formatted(name, mail(name)))
              .addEncryptionSubkey(subkey);
      return password.isEmpty() ? with.build() : with.build(password.toCharArray());
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OpenPGPKeyGenerator generator() throws PGPException {
    return new BcOpenPGPApi()
        .generateKey(VERSION, Date.from(Instant.ofEpochMilli(1_700_000_000_000L)));
  }

  private static String mail(String name) {
    return name.toLowerCase(java.util.Locale.ROOT) + "@example.org";
  }

  String mail() {
    return mail(name());
  }

  int algorithm() {
    return algorithm;
  }

  byte[] publicKey() throws IOException {
    return key.toCertificate().getEncoded();
  }

  String armored() throws IOException {
    return key.toCertificate().toAsciiArmoredString();
  }

  byte[] secretKey() throws IOException {
    return key.getEncoded();
  }

  OpenPGPKey key() {
    return key;
  }

  /** A key that its password opens. */
  static OpenPGPKey locked() {
    return Locked.KEY;
  }

  /** Made once: Argon2 takes seconds without the optimizing compiler. */
  private static final class Locked {
    static final OpenPGPKey KEY =
        made("locked", PGPKeyPairGenerator::generateLegacyX25519KeyPair, PASSWORD);
  }

  /** A key that cannot encrypt. */
  static OpenPGPKey signingOnly() throws PGPException {
    return generator()
        .withPrimaryKey(PGPKeyPairGenerator::generateLegacyEd25519KeyPair)
        .addUserId("signer <signer@example.org>")
        .build();
  }

  static OpenPGPKey shortRsa() {
    return made("short", generator -> generator.generateRsaKeyPair(1024), "");
  }
}
