package dev.longshore.ocicrypt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/**
 * A message of OpenPGP around a layer's wrapped options.
 *
 * @param others recipients of unsupported kinds, in words
 */
record PgpMessage(List<SessionKey> keys, List<String> others, PgpPacket data) {
  private static final String WHAT = Scheme.PGP.annotation();

  private static final int VERSION_3 = 3;

  /** Version of the encrypted packet: the first with integrity protection. */
  private static final int DATA_VERSION = 1;

  private static final int KEY_ID_AT = 1;
  private static final int ALGORITHM_AT = 9;

  /** Literal data: format, no name, no date. */
  private static final byte[] LITERAL_HEAD = {'b', 0, 0, 0, 0, 0};

  private static final int NAME_LENGTH_AT = 1;
  private static final int DATE_BYTES = 4;

  /**
   * A session key encrypted for one recipient.
   *
   * @param keyId 0 if the sender hid it
   */
  record SessionKey(long keyId, int algorithm, PgpPacket packet) {
    boolean isHidden() {
      return keyId == 0;
    }

    private String text() {
      String kind =
          switch (algorithm) {
            case 1, 2 -> "RSA";
            case 18 -> "ECDH";
            case 25 -> "X25519";
            default -> "algorithm " + algorithm;
          };
      return (isHidden() ? "hidden key id" : "0x" + HexFormat.of().toHexDigits(keyId))
          + ", "
          + kind;
    }
  }

  PgpMessage {
    keys = List.copyOf(keys);
    others = List.copyOf(others);
  }

  static byte[] seal(List<PgpRecipient> to, byte[] options, SecureRandom random) {
    byte[] body = Arrays.copyOf(LITERAL_HEAD, LITERAL_HEAD.length + options.length);
    System.arraycopy(options, 0, body, LITERAL_HEAD.length, options.length);
    byte[] plain = new PgpPacket(PgpPacket.LITERAL, body).encoded();
    PGPEncryptedDataGenerator generator =
        new PGPEncryptedDataGenerator(
            new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                .setWithIntegrityPacket(true)
                .setSecureRandom(random));
    for (PgpRecipient recipient : to) {
      generator.addMethod(
          new BcPublicKeyKeyEncryptionMethodGenerator(recipient.key()).setSecureRandom(random));
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try (OutputStream out = generator.open(message, plain.length)) {
      out.write(plain);
    } catch (IOException | PGPException e) {
      throw new IllegalStateException("BouncyCastle refuses a checked OpenPGP key", e);
    } finally {
      Secrets.wipe(body, plain);
    }
    return message.toByteArray();
  }

  static PgpMessage read(byte[] packet) throws OcicryptException {
    List<PgpPacket> packets;
    try {
      packets = PgpPacket.read(packet);
    } catch (Malformed e) {
      throw bad("it is no OpenPGP message: " + e.getMessage());
    }
    List<SessionKey> keys = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Optional<PgpPacket> data = Optional.empty();
    for (PgpPacket part : packets) {
      if (data.isPresent()) {
        throw bad("something stands behind its encrypted data");
      }
      switch (part.tag()) {
        case PgpPacket.SESSION_KEY -> addSessionKey(part, keys, others);
        case PgpPacket.PROTECTED_DATA -> data = Optional.of(part);
        case PgpPacket.PASSWORD_SESSION_KEY, PgpPacket.MARKER, PgpPacket.PADDING -> {}
        case PgpPacket.UNPROTECTED_DATA ->
            throw OcicryptException.unsupported(
                WHAT, "OpenPGP without integrity protection, where nothing would notice a change");
        default -> throw bad("a packet of kind " + part.tag() + " has no place in it");
      }
      if (keys.size() + others.size() > Limits.RECIPIENTS) {
        throw OcicryptException.limit(WHAT, "more than " + Limits.RECIPIENTS + " recipients");
      }
    }
    if ((keys.isEmpty() && others.isEmpty()) || data.isEmpty()) {
      throw bad("it has no recipient or no data");
    }
    byte[] body = data.get().body();
    if (body.length == 0 || body[0] != DATA_VERSION) {
      throw OcicryptException.unsupported(
          WHAT, "OpenPGP's encrypted data of a version that ocicrypt does not write");
    }
    return new PgpMessage(keys, others, data.get());
  }

  /** Keeps one of another version as text, since another recipient may be readable. */
  private static void addSessionKey(PgpPacket packet, List<SessionKey> keys, List<String> others)
      throws OcicryptException {
    byte[] body = packet.body();
    if (body.length <= ALGORITHM_AT + 1) {
      throw bad("a session key of %d bytes".formatted(body.length));
    }
    if (body[0] != VERSION_3) {
      others.add("a session key of version %d, not supported".formatted(body[0] & 0xFF));
      return;
    }
    long keyId = 0;
    for (int i = KEY_ID_AT; i < ALGORITHM_AT; i++) {
      keyId = keyId << 8 | (body[i] & 0xFF);
    }
    keys.add(new SessionKey(keyId, body[ALGORITHM_AT] & 0xFF, packet));
  }

  /**
   * The options; empty if no key belongs to a recipient.
   *
   * @throws OcicryptException if one does, but the content was changed
   */
  Optional<byte[]> open(List<PGPKeyPair> secrets) throws OcicryptException {
    boolean fitted = false;
    for (SessionKey key : keys) {
      for (PGPKeyPair secret : secrets) {
        if ((!key.isHidden() && key.keyId != secret.getKeyID())
            || key.algorithm != secret.getPublicKey().getAlgorithm()) {
          continue;
        }
        Optional<byte[]> options = open(key, secret).flatMap(PgpMessage::literal);
        if (options.isPresent()) {
          return options;
        }
        fitted |= !key.isHidden();
      }
    }
    if (fitted) {
      throw new OcicryptException(
          OcicryptException.Kind.CHANGED_ANNOTATION,
          WHAT
              + ": a private key fits, but what it protects does not authenticate: the annotation"
              + " was changed");
    }
    return Optional.empty();
  }

  private Optional<byte[]> open(SessionKey key, PGPKeyPair secret) {
    byte[] message = PgpPacket.encoded(List.of(key.packet, data));
    // Our own buffer can be wiped; the library's cannot.
    byte[] plain = new byte[2 * Limits.OPTIONS];
    try {
      PGPEncryptedDataList list = new PGPEncryptedDataList(message);
      if (!(list.get(0) instanceof PGPPublicKeyEncryptedData encrypted)) {
        return Optional.empty();
      }
      try (InputStream in = encrypted.getDataStream(new BcPublicKeyDataDecryptorFactory(secret))) {
        int length = in.readNBytes(plain, 0, plain.length);
        return in.read() < 0 && encrypted.isIntegrityProtected() && encrypted.verify()
            ? Optional.of(Arrays.copyOf(plain, length))
            : Optional.empty();
      }
    } catch (IOException | PGPException | RuntimeException e) {
      // The library throws exceptions of every kind for noise.
      return Optional.empty();
    } finally {
      Secrets.wipe(plain);
    }
  }

  /**
   * The content of the only literal packet; ocicrypt neither compresses nor signs. Wipes its
   * argument, and every copy except the result.
   */
  static Optional<byte[]> literal(byte[] plain) {
    List<PgpPacket> packets = List.of();
    try {
      packets = PgpPacket.read(plain);
      byte[] body = packets.size() == 1 ? packets.getFirst().body() : new byte[0];
      int head =
          body.length > NAME_LENGTH_AT
              ? NAME_LENGTH_AT + 1 + (body[NAME_LENGTH_AT] & 0xFF) + DATE_BYTES
              : 1;
      if (packets.size() != 1
          || packets.getFirst().tag() != PgpPacket.LITERAL
          || head > body.length) {
        return Optional.empty();
      }
      return Optional.of(Arrays.copyOfRange(body, head, body.length));
    } catch (Malformed e) {
      return Optional.empty();
    } finally {
      Secrets.wipe(plain);
      packets.forEach(packet -> Secrets.wipe(packet.body()));
    }
  }

  int recipientCount() {
    return keys.size() + others.size();
  }

  /** One line for each recipient: key id and kind of key. */
  List<String> recipientTexts() {
    return Stream.concat(keys.stream().map(SessionKey::text), others.stream()).toList();
  }

  private static OcicryptException bad(String reason) {
    return OcicryptException.badAnnotation(WHAT, reason);
  }
}
