package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicPartTest {
  private static final byte[] SECRET = SampleKeys.RSA.getPrivate().getEncoded();
  private static final SampleKeys KEYS = keys();

  private static SampleKeys keys() {
    try {
      SampleKeys keys = SampleKeys.withPgp();
      String secret = SampleKeys.pem("PRIVATE KEY", SECRET);
      String open = SampleKeys.pem("PUBLIC KEY", SampleKeys.RSA.getPublic().getEncoded());
      byte[] certificate = SampleCertificate.of(SampleKeys.RSA, "CN=rsa,O=Longshore", 7);
      String jwk = SampleJwk.of(SampleKeys.RSA, JweAlgorithm.RSA_OAEP_256, false);
      return keys.put("both.pem", open + secret)
          .put("key-and.crt", secret + SampleKeys.pem("CERTIFICATE", certificate))
          .put("noted.jwk", jwk.replaceFirst("\\{", "{\"note\":\"SECRET\",\"p\":\"SECRET\","));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jwe:both.pem", "jwe:p256.pub", "pkcs7:key-and.crt", "pkcs7:rsa.crt"})
  void isTheSameRecipientWithoutWhatElseTheFileHolds(String text) throws Exception {
    byte[] part = PublicPart.of(text, KEYS);

    String scheme = text.substring(0, text.indexOf(':'));
    assertThat(Recipients.parse(List.of(scheme + ":x"), _ -> part.clone()).canonicalKeys())
        .isEqualTo(Recipients.parse(List.of(text), KEYS).canonicalKeys());
    assertThat(latin(part)).doesNotContain("PRIVATE", latin(SECRET).substring(30, 200));
    assertThat(part[0]).isEqualTo((byte) RawDer.SEQUENCE);
  }

  @Test
  void aJwkKeepsItsAlgorithmAndPublicNumbersAlone() throws Exception {
    byte[] part = PublicPart.of("jwe:noted.jwk", KEYS);

    assertThat(latin(part)).doesNotContain("SECRET");
    assertThat(Recipients.parse(List.of("jwe:x"), _ -> part.clone()).canonicalKeys())
        .isEqualTo(Recipients.parse(List.of("jwe:noted.jwk"), KEYS).canonicalKeys());
  }

  @Test
  void ofOpenPgpItIsTheCertificates() throws Exception {
    for (String name : KEYS.names()) {
      if (name.endsWith(".asc")) {
        byte[] part = PublicPart.of("pgp:" + name, KEYS);

        assertThat(Recipients.parse(List.of("pgp:./x"), _ -> part.clone()).canonicalKeys())
            .as(name)
            .isEqualTo(Recipients.parse(List.of("pgp:" + name), KEYS).canonicalKeys());
      }
    }
  }

  @Test
  void aPrivateKeyIsRefused() {
    assertThatThrownBy(() -> PublicPart.of("jwe:rsa.key", KEYS))
        .isInstanceOf(OcicryptException.class)
        .hasMessageContaining("private key");
    assertThatThrownBy(() -> PublicPart.of("rsa.pub", KEYS)).hasMessageContaining("jwe:");
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
