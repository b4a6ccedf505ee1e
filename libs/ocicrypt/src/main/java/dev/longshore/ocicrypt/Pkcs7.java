package dev.longshore.ocicrypt;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * Enveloped data (RFC 2315) around a layer's wrapped options, as the reference's library encodes
 * it: AES-GCM's parameters are wrapped twice, its nonce is [4], and the content is a primitive [0].
 *
 * @param others recipients of unsupported kinds, in words
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pkcs7(List<Entry> entries, List<String> others, int keyBytes, byte[] nonce, byte[] sealed) {
  static final int AES_128 = 16;

  /** How a content key is encrypted. */
  enum Transport {
    /** As ocicrypt writes it. */
    RSA_V15("RSA"),
    RSA_OAEP_SHA1("RSA-OAEP"),
    RSA_OAEP_SHA256("RSA-OAEP-256");

    private final String text;

    Transport(String text) {
      this.text = text;
    }

    Cipher cipher(int mode, java.security.Key key, SecureRandom random)
        throws GeneralSecurityException {
      if (this == RSA_V15) {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(mode, key, random);
        return cipher;
      }
      MGF1ParameterSpec hash =
          this == RSA_OAEP_SHA1 ? MGF1ParameterSpec.SHA1 : MGF1ParameterSpec.SHA256;
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(
          mode,
          key,
          new OAEPParameterSpec(
              hash.getDigestAlgorithm(), "MGF1", hash, PSource.PSpecified.DEFAULT),
          random);
      return cipher;
    }
  }

  /** A content key encrypted for one certificate. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(ASN1Sequence issuer, ASN1Integer serial, Transport transport, byte[] encryptedKey) {}

  Pkcs7 {
    entries = List.copyOf(entries);
    others = List.copyOf(others);
  }

  static byte[] seal(List<Pkcs7Recipient> to, byte[] options, SecureRandom random) {
    byte[] key = new byte[AES_128];
    byte[] nonce = new byte[ContentCipher.GCM_IV_BYTES];
    random.nextBytes(key);
    random.nextBytes(nonce);
    try {
      List<Entry> entries = to.stream().map(recipient -> wrap(recipient, key, random)).toList();
      byte[] sealed = ContentCipher.seal(key, nonce, new byte[0], options);
      return Pkcs7Form.write(new Pkcs7(entries, List.of(), AES_128, nonce, sealed));
    } finally {
      Secrets.wipe(key);
    }
  }

  private static Entry wrap(Pkcs7Recipient to, byte[] key, SecureRandom random) {
    try {
      byte[] encrypted =
          Transport.RSA_V15.cipher(Cipher.ENCRYPT_MODE, to.key(), random).doFinal(key);
      return new Entry(to.issuer(), to.serial(), Transport.RSA_V15, encrypted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses a checked RSA key", e);
    }
  }

  /**
   * The options; empty if no key belongs to a recipient. Needs no certificates: padding reveals a
   * wrong key.
   *
   * @throws OcicryptException if one does, but the content was changed
   */
  Optional<byte[]> open(List<PrivateKey> keys) throws OcicryptException {
    return KeyTrials.open(Scheme.PKCS7, entries, keys, this::unwrap, this::content);
  }

  private Optional<byte[]> unwrap(Entry entry, PrivateKey key) {
    if (!(key instanceof RSAPrivateKey rsa)
        || entry.encryptedKey.length != (rsa.getModulus().bitLength() + 7) / 8) {
      return Optional.empty();
    }
    try {
      byte[] plain =
          entry
              .transport
              .cipher(Cipher.DECRYPT_MODE, rsa, new SecureRandom())
              .doFinal(entry.encryptedKey);
      if (plain.length == keyBytes) {
        return Optional.of(plain);
      }
      Secrets.wipe(plain);
      return Optional.empty();
    } catch (GeneralSecurityException | RuntimeException e) {
      // Among them ArithmeticException and ProviderException of keys that only look like some.
      return Optional.empty();
    }
  }

  private Optional<byte[]> content(byte[] key) {
    int split = sealed.length - ContentCipher.GCM_TAG_BYTES;
    if (split < 0) {
      return Optional.empty();
    }
    try {
      return ContentCipher.openGcm(
          key,
          nonce,
          new byte[0],
          java.util.Arrays.copyOf(sealed, split),
          java.util.Arrays.copyOfRange(sealed, split, sealed.length));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  int recipientCount() {
    return entries.size() + others.size();
  }

  /** One line for each recipient: issuer and serial number of the certificate. */
  List<String> recipientTexts() {
    Stream<String> known =
        entries.stream()
            .map(
                entry ->
                    "%s, serial %s, issuer %s"
                        .formatted(
                            entry.transport.text,
                            Pkcs7Form.serial(entry.serial),
                            Pkcs7Form.name(entry.issuer)));
    return Stream.concat(known, others.stream()).toList();
  }
}
