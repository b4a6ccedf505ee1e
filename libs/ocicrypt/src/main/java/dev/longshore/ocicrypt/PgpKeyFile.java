package dev.longshore.ocicrypt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.bcpg.BCPGKey;
import org.bouncycastle.bcpg.ECPublicBCPGKey;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.RSAPublicBCPGKey;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/** Keys of OpenPGP, in armor or binary, as {@code gpg --export} writes them. */
final class PgpKeyFile {
  /** Limit of secret keys to try a password on: each takes up to half a second. */
  private static final int SECRET_KEYS = 8;

  /** Argon2's memory as power of two in KiB; 64 MiB is RFC 9106's choice for small machines. */
  private static final int ARGON2_MEMORY = 16;

  /** RFC 9106 chooses three for so little memory. */
  private static final int ARGON2_PASSES = 4;

  /** Only old keys have it. */
  private static final int RSA_ENCRYPT = 2;

  private PgpKeyFile() {}

  static boolean isOne(byte[] file) {
    return (file.length > 0 && (file[0] & 0x80) != 0) || Pem.isIn(file, "PGP ");
  }

  private static List<PgpPacket> packets(String what, byte[] file) throws OcicryptException {
    byte[] binary = file;
    if (Pem.isIn(file, "PGP ")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      Pem.blocks(what, file).forEach(block -> all.writeBytes(block.der()));
      binary = all.toByteArray();
    }
    try {
      return PgpPacket.read(binary);
    } catch (Malformed e) {
      throw OcicryptException.badKey(what, "it holds no keys of OpenPGP: " + e.getMessage());
    }
  }

  /** Every certificate in the file. */
  static List<PGPPublicKeyRing> certificates(String what, byte[] file) throws OcicryptException {
    List<PgpPacket> packets = packets(what, file);
    if (packets.stream().anyMatch(PgpKeyFile::isSecret)) {
      throw OcicryptException.badKey(
          what, "this is a private key, which is not needed for encryption: give the public one");
    }
    try {
      List<PGPPublicKeyRing> rings = new ArrayList<>();
      new PGPPublicKeyRingCollection(PgpPacket.encoded(packets), new BcKeyFingerprintCalculator())
          .getKeyRings()
          .forEachRemaining(rings::add);
      return rings;
    } catch (IOException | PGPException | RuntimeException e) {
      // The library throws exceptions of every kind for malformed keys.
      throw OcicryptException.badKey(what, "it holds no public key of OpenPGP");
    }
  }

  private static boolean isSecret(PgpPacket packet) {
    return packet.tag() == PgpPacket.SECRET_KEY || packet.tag() == PgpPacket.SECRET_SUBKEY;
  }

  /** The keys that can decrypt; all of them open with this password, or none. */
  static List<PGPKeyPair> secretKeys(String what, byte[] file, byte[] password)
      throws OcicryptException {
    List<PGPSecretKey> secrets = new ArrayList<>();
    try {
      for (PGPSecretKeyRing ring :
          new PGPSecretKeyRingCollection(
              PgpPacket.encoded(packets(what, file)), new BcKeyFingerprintCalculator())) {
        for (PGPSecretKey key : ring) {
          if (canDecrypt(key.getPublicKey()) && !key.isPrivateKeyEmpty()) {
            secrets.add(key);
          }
        }
      }
    } catch (OcicryptException e) {
      throw e;
    } catch (IOException | PGPException | RuntimeException e) {
      throw OcicryptException.badKey(what, "it holds no secret key of OpenPGP");
    }
    if (secrets.isEmpty()) {
      throw OcicryptException.badKey(what, "it holds no secret key of OpenPGP that decrypts");
    }
    if (secrets.size() > SECRET_KEYS) {
      throw OcicryptException.limit(what, "more than %d secret keys".formatted(SECRET_KEYS));
    }
    List<PGPKeyPair> opened = new ArrayList<>();
    for (PGPSecretKey secret : secrets) {
      opened.add(opened(what, secret, password));
    }
    return opened;
  }

  private static PGPKeyPair opened(String what, PGPSecretKey secret, byte[] password)
      throws OcicryptException {
    check(what, secret.getPublicKey());
    S2K hashing = secret.getS2K();
    if (hashing != null && password.length == 0) {
      throw new OcicryptException(
          OcicryptException.Kind.BAD_PASSWORD,
          what
              + ": it is encrypted: put its password behind the path, as in key.asc:file=password"
              + " or key.asc:env=VARIABLE");
    }
    if (hashing != null
        && hashing.getType() == S2K.ARGON_2
        && (hashing.getMemorySizeExponent() > ARGON2_MEMORY
            || hashing.getPasses() > ARGON2_PASSES)) {
      throw OcicryptException.limit(
          what, "Argon2 with more than 64 MiB or %d passes".formatted(ARGON2_PASSES));
    }
    char[] text = EncryptedKeys.characters(password);
    try {
      return secret.extractKeyPair(
          new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(text));
    } catch (PGPException | RuntimeException e) {
      throw hashing == null
          ? OcicryptException.badKey(what, "it holds a damaged secret key of OpenPGP")
          : EncryptedKeys.wrong(what);
    } finally {
      java.util.Arrays.fill(text, '\0');
    }
  }

  /** RSA, and ECDH in its old and its new encoding for X25519. */
  static boolean canDecrypt(PGPPublicKey key) {
    return switch (key.getAlgorithm()) {
      case PublicKeyAlgorithmTags.RSA_GENERAL,
          RSA_ENCRYPT,
          PublicKeyAlgorithmTags.ECDH,
          PublicKeyAlgorithmTags.X25519 ->
          true;
      default -> false;
    };
  }

  /** Checks that the key is usable: one of an odd size takes for ever. */
  static void check(String what, PGPPublicKey key) throws OcicryptException {
    BCPGKey numbers = key.getPublicKeyPacket().getKey();
    if (numbers instanceof RSAPublicBCPGKey rsa) {
      RsaKeys.check(what, rsa.getModulus(), rsa.getPublicExponent());
    } else if (!(numbers instanceof ECPublicBCPGKey)
        && key.getAlgorithm() != PublicKeyAlgorithmTags.X25519
        && key.getBitStrength() > Limits.RSA_MOST / 4) {
      throw OcicryptException.limit(
          what, "a key of more than %d bits".formatted(Limits.RSA_MOST / 4));
    }
  }

  /** Bits of the modulus; 0 if not RSA. */
  static int rsaBits(PGPPublicKey key) {
    return key.getPublicKeyPacket().getKey() instanceof RSAPublicBCPGKey rsa
        ? rsa.getModulus().bitLength()
        : BigInteger.ZERO.bitLength();
  }
}
