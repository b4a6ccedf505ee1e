package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;

final class Pkcs7Test {
  private static final byte[] OPTIONS = "the options".getBytes(StandardCharsets.US_ASCII);
  private static final SampleKeys KEYS = SampleKeys.all();
  private static final PrivateKey RSA = SampleKeys.RSA.getPrivate();
  private static final PrivateKey OTHER = SampleKeys.OTHER_RSA.getPrivate();

  private static byte[] seal(String... recipients) throws IOException {
    return Pkcs7.seal(
        KEYS.recipients(recipients).of(Pkcs7Recipient.class), OPTIONS, new SecureRandom());
  }

  @Test
  void eachRecipientOpensIt() throws IOException {
    Pkcs7 pkcs7 = Pkcs7Form.read(seal("pkcs7:rsa.crt", "pkcs7:other.crt"));
    assertThat(pkcs7.open(List.of(RSA))).hasValue(OPTIONS);
    assertThat(pkcs7.open(List.of(SampleKeys.P256.getPrivate(), OTHER))).hasValue(OPTIONS);
    assertThat(pkcs7.recipientTexts())
        .containsExactlyInAnyOrder(
            "RSA, serial 07, issuer CN=rsa,O=Longshore",
            "RSA, serial 7fffffffffffffff, issuer CN=other");
  }

  @Test
  void anotherKeyOpensNothing() throws IOException {
    Pkcs7 pkcs7 = Pkcs7Form.read(seal("pkcs7:rsa.crt"));
    assertThat(pkcs7.open(List.of(OTHER, SampleKeys.P256.getPrivate()))).isEmpty();
  }

  @Test
  void itIsSpelledAsTheReferenceSpellsIt() throws IOException {
    String hex = HexFormat.of().formatHex(seal("pkcs7:rsa.crt"));
    assertThat(hex)
        .startsWith("3082")
        .contains("06092a864886f70d010703a082") // enveloped data, [0]
        .containsPattern("0609608648016503040106" + "10133011840c[0-9a-f]{24}020110") // AES-128-GCM
        .contains("801b"); // content of 11 bytes and its tag, [0] primitive
  }

  @Test
  void parametersOfRfc5084AreReadToo() throws IOException {
    byte[] packet = seal("pkcs7:rsa.crt");
    String hex = HexFormat.of().formatHex(packet);
    Pkcs7 pkcs7 = Pkcs7Form.read(packet);
    String nonce = HexFormat.of().formatHex(pkcs7.nonce());
    // The wrapper goes and two bytes with it, so every length around it changes.
    assertThat(hex).contains("10133011840c" + nonce + "020110");
    byte[] standard =
        RawDer.write(
            RawDer.SEQUENCE,
            Der.encoded(PKCSObjectIdentifiers.envelopedData),
            RawDer.write(
                RawDer.CONTEXT,
                RawDer.write(
                    RawDer.SEQUENCE,
                    RawDer.integer(0),
                    set(packet),
                    RawDer.write(
                        RawDer.SEQUENCE,
                        Der.encoded(PKCSObjectIdentifiers.data),
                        RawDer.write(
                            RawDer.SEQUENCE,
                            Der.encoded(NISTObjectIdentifiers.id_aes128_GCM),
                            RawDer.write(
                                RawDer.SEQUENCE,
                                RawDer.write(RawDer.OCTET_STRING, pkcs7.nonce()),
                                RawDer.integer(16))),
                        RawDer.write(
                            RawDer.CONTEXT, RawDer.write(RawDer.OCTET_STRING, pkcs7.sealed()))))));
    assertThat(Pkcs7Form.read(standard).open(List.of(RSA))).hasValue(OPTIONS);
  }

  /** Content type and enveloped data; of the latter each part as it stands in the packet. */
  private static ASN1Sequence enveloped(byte[] packet) {
    try (ASN1InputStream in = new ASN1InputStream(packet, true)) {
      ASN1Sequence info = ASN1Sequence.getInstance(in.readObject());
      return ASN1Sequence.getInstance((ASN1TaggedObject) info.getObjectAt(1), true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] raw(ASN1Sequence parts, int index) {
    try {
      return parts.getObjectAt(index).toASN1Primitive().getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] set(byte[] packet) {
    return raw(enveloped(packet), 1);
  }

  @Test
  void aChangeOfWhatIsProtectedIsToldFromAWrongKey() throws IOException {
    byte[] packet = seal("pkcs7:rsa.crt");
    packet[packet.length - 1] ^= 1;
    Pkcs7 pkcs7 = Pkcs7Form.read(packet);
    assertThatThrownBy(() -> pkcs7.open(List.of(RSA)))
        .isInstanceOfSatisfying(
            OcicryptException.class,
            e -> assertThat(e.kind()).isEqualTo(OcicryptException.Kind.CHANGED_ANNOTATION));
  }

  @Test
  void aCertificateOfAnotherKindIsRefused() {
    byte[] ec = SampleCertificate.of(SampleKeys.P256, "CN=ec", 1);
    byte[] small = SampleCertificate.of(SampleKeys.pair("RSA-1024"), "CN=small", 1);
    assertThatThrownBy(() -> Pkcs7Recipient.parse("recipient x", ec))
        .hasMessage("recipient x: ocicrypt's PKCS#7 knows RSA only: give an EC key as jwe:");
    assertThatThrownBy(() -> Pkcs7Recipient.parse("recipient x", small))
        .hasMessageContaining("less than 2048 bits");
  }

  @Test
  void aRecipientOfAnUnknownKindStandsInNobodysWay() throws IOException {
    byte[] packet = seal("pkcs7:rsa.crt");
    byte[] known = Der.encoded(ASN1Set.getInstance(set(packet)).getObjectAt(0));
    byte[] byKeyId = RawDer.write(0xA2, RawDer.integer(2));
    byte[] mixed = enveloped(packet, RawDer.write(RawDer.SET, known, byKeyId));

    Pkcs7 pkcs7 = Pkcs7Form.read(mixed);

    assertThat(pkcs7.open(List.of(RSA))).hasValue(OPTIONS);
    assertThat(pkcs7.recipientTexts())
        .containsExactly(
            "RSA, serial 07, issuer CN=rsa,O=Longshore",
            "a recipient without certificate, not supported");
  }

  /** The packet with other recipients. */
  private static byte[] enveloped(byte[] packet, byte[] recipients) {
    ASN1Sequence enveloped = enveloped(packet);
    return RawDer.write(
        RawDer.SEQUENCE,
        Der.encoded(PKCSObjectIdentifiers.envelopedData),
        RawDer.write(
            RawDer.CONTEXT,
            RawDer.write(RawDer.SEQUENCE, raw(enveloped, 0), recipients, raw(enveloped, 2))));
  }

  /** The reference compares it byte by byte, and a sorted SET would be another name. */
  @Test
  void theIssuerStandsAsInTheCertificate() throws IOException {
    byte[] issuer =
        RawDer.write(
            RawDer.SEQUENCE, RawDer.write(RawDer.SET, part(BCStyle.O, "Z"), part(BCStyle.CN, "A")));
    byte[] nothing = RawDer.write(RawDer.SEQUENCE);
    byte[] certificate =
        RawDer.write(
            RawDer.SEQUENCE,
            RawDer.write(
                RawDer.SEQUENCE,
                RawDer.integer(9),
                nothing,
                issuer,
                nothing,
                nothing,
                SampleKeys.RSA.getPublic().getEncoded()));
    Pkcs7Recipient recipient = Pkcs7Recipient.parse("recipient x", certificate);

    byte[] packet = Pkcs7.seal(List.of(recipient), OPTIONS, new SecureRandom());

    assertThat(HexFormat.of().formatHex(packet)).contains(HexFormat.of().formatHex(issuer));
    Pkcs7 read = Pkcs7Form.read(packet);
    assertThat(read.open(List.of(RSA))).hasValue(OPTIONS);
    assertThat(read.entries()).extracting(Pkcs7.Entry::serial).containsExactly(new ASN1Integer(9));
  }

  private static byte[] part(ASN1ObjectIdentifier kind, String value) {
    return RawDer.write(RawDer.SEQUENCE, Der.encoded(kind), Der.encoded(new DERUTF8String(value)));
  }
}
