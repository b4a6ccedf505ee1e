package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;

/** The owner of an OpenPGP certificate: its newest key for encryption that is valid today. */
record PgpRecipient(PGPPublicKey key, Digest fingerprint) implements Recipient {
  private static final Pattern FILE = Pattern.compile(".*/.*|.*\\.(asc|gpg|pgp)");

  /** A key id or a fingerprint. */
  private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9A-Fa-f]{16,40})");

  /** Keys, user ids and signatures of one certificate; each costs time to check. */
  private static final int PARTS = 1_000;

  /** The last version known to all releases of the reference's readers. */
  private static final int VERSION = 4;

  static List<PgpRecipient> parse(String what, String value, KeyFiles files) throws IOException {
    boolean isFile = FILE.matcher(value).matches();
    byte[] bytes = isFile ? Recipients.read(files, value, what) : files.pgpKeyRing();
    List<PgpRecipient> found = new ArrayList<>();
    for (PGPPublicKeyRing ring : PgpKeyFile.certificates(what, bytes)) {
      if (isFile || isNamed(ring, value)) {
        found.add(of(what, ring, isFile ? Optional.empty() : Optional.of(value)));
      }
    }
    if (found.isEmpty()) {
      throw OcicryptException.badKey(
          what,
          isFile
              ? "it holds no public key of OpenPGP"
              : "the key ring has no one with this name, mail address or fingerprint");
    }
    return found;
  }

  private static PgpRecipient of(String what, PGPPublicKeyRing ring, Optional<String> name)
      throws IOException {
    int parts = 0;
    for (PGPPublicKey key : ring) {
      parts += 1 + count(key.getRawUserIDs()) + count(key.getSignatures());
      PgpKeyFile.check(what, key);
    }
    if (parts > PARTS) {
      throw OcicryptException.limit(what, "a certificate of more than %d parts".formatted(PARTS));
    }
    PGPPublicKey key;
    try {
      OpenPGPCertificate certificate = new OpenPGPCertificate(ring, new BcOpenPGPImplementation());
      key =
          certificate.getEncryptionKeys().stream()
              .filter(part -> PgpKeyFile.canDecrypt(part.getPGPPublicKey()))
              .max(Comparator.comparing(OpenPGPComponentKey::getCreationTime))
              .filter(part -> name.isEmpty() || isValid(certificate, name.get()))
              .map(OpenPGPComponentKey::getPGPPublicKey)
              .orElse(null);
    } catch (RuntimeException e) {
      // The library throws exceptions of every kind for malformed keys.
      throw OcicryptException.badKey(what, "it holds a damaged public key of OpenPGP");
    }
    if (key == null) {
      throw OcicryptException.badKey(
          what,
          "the OpenPGP key %s has no part for encryption that is valid: look for its expiry"
              .formatted(id(ring.getPublicKey())));
    }
    if (key.getVersion() != VERSION) {
      throw OcicryptException.unsupported(
          what, "an OpenPGP key of version " + key.getVersion() + "; ocicrypt reads version 4");
    }
    int bits = PgpKeyFile.rsaBits(key);
    if (bits > 0 && bits < Limits.RSA_NEW) {
      throw OcicryptException.unsupported(
          what, "RSA with %d bits is not safe to encrypt to".formatted(bits));
    }
    return new PgpRecipient(key, Digest.of(key.getPublicKeyPacket().getEncodedContents()));
  }

  private static int count(java.util.Iterator<?> parts) {
    int count = 0;
    for (; parts.hasNext(); parts.next()) {
      count++;
    }
    return count;
  }

  /** A name counts only if its owner signed it, so that nobody claims another's key. */
  private static boolean isValid(OpenPGPCertificate certificate, String name) {
    return HEX.matcher(name).matches()
        || certificate.getValidUserIds().stream().anyMatch(id -> names(id.getUserId(), name));
  }

  private static boolean isNamed(PGPPublicKeyRing ring, String name) {
    var hex = HEX.matcher(name);
    if (hex.matches()) {
      String end = hex.group(1).toLowerCase(Locale.ROOT);
      for (PGPPublicKey key : ring) {
        if (HexFormat.of().formatHex(key.getFingerprint()).endsWith(end)) {
          return true;
        }
      }
    }
    for (var ids = ring.getPublicKey().getUserIDs(); ids.hasNext(); ) {
      if (names(ids.next(), name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Matches the name or the address in {@code Alice (work) <alice@example.org>}, as the reference
   * does.
   */
  private static boolean names(String userId, String name) {
    int open = userId.indexOf('<');
    int close = userId.indexOf('>', Math.max(open, 0));
    String address = open >= 0 && close > open ? userId.substring(open + 1, close) : userId;
    String before = open >= 0 ? userId.substring(0, open) : userId;
    int comment = before.indexOf('(');
    String real = (comment >= 0 ? before.substring(0, comment) : before).strip();
    return name.equals(address.strip()) || name.equals(real) || name.equals(userId);
  }

  static String id(PGPPublicKey key) {
    return "0x%016x".formatted(key.getKeyID());
  }

  @Override
  public Scheme scheme() {
    return Scheme.PGP;
  }

  @Override
  public String canonicalKey() {
    return "pgp:" + fingerprint.hex();
  }

  @Override
  public String toString() {
    return canonicalKey();
  }
}
