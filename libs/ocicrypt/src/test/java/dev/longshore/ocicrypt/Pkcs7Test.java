package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
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
        Der.write(
            Der.SEQUENCE,
            Oid.ENVELOPED_DATA,
            Der.write(
                Der.CONTEXT,
                Der.write(
                    Der.SEQUENCE,
                    Der.integer(0),
                    set(packet),
                    Der.write(
                        Der.SEQUENCE,
                        Oid.DATA,
                        Der.write(
                            Der.SEQUENCE,
                            Oid.AES_128_GCM,
                            Der.write(
                                Der.SEQUENCE,
                                Der.write(Der.OCTET_STRING, pkcs7.nonce()),
                                Der.integer(16))),
                        Der.write(Der.CONTEXT, Der.write(Der.OCTET_STRING, pkcs7.sealed()))))));
    assertThat(Pkcs7Form.read(standard).open(List.of(RSA))).hasValue(OPTIONS);
  }

  private static byte[] set(byte[] packet) {
    try {
      Der info = new Der(packet).in(Der.SEQUENCE);
      info.skip();
      Der enveloped = info.in(Der.CONTEXT).in(Der.SEQUENCE);
      enveloped.skip();
      return enveloped.encoded(Der.SET);
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
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
  void aRecipientOfAnUnknownKindStandsInNobodysWay() throws IOException, Malformed {
    byte[] packet = seal("pkcs7:rsa.crt");
    Der known = new Der(set(packet)).in(Der.SET);
    byte[] byKeyId = Der.write(0xA2, Der.integer(2));
    byte[] mixed = enveloped(packet, Der.write(Der.SET, known.encoded(Der.SEQUENCE), byKeyId));

    Pkcs7 pkcs7 = Pkcs7Form.read(mixed);

    assertThat(pkcs7.open(List.of(RSA))).hasValue(OPTIONS);
    assertThat(pkcs7.recipientTexts())
        .containsExactly(
            "RSA, serial 07, issuer CN=rsa,O=Longshore",
            "a recipient without certificate, not supported");
  }

  /** The packet with other recipients. */
  private static byte[] enveloped(byte[] packet, byte[] recipients) throws Malformed {
    Der info = new Der(packet).in(Der.SEQUENCE);
    info.skip();
    Der enveloped = info.in(Der.CONTEXT).in(Der.SEQUENCE);
    byte[] version = enveloped.encoded(Der.INTEGER);
    enveloped.skip();
    byte[] content = enveloped.encoded(Der.SEQUENCE);
    return Der.write(
        Der.SEQUENCE,
        Oid.ENVELOPED_DATA,
        Der.write(Der.CONTEXT, Der.write(Der.SEQUENCE, version, recipients, content)));
  }
}
