package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecipientsTest {
  private static final SampleKeys KEYS =
      SampleKeys.all()
          .put("rsa.der", SampleKeys.RSA.getPublic().getEncoded())
          .put("rsa.jwk", SampleJwk.of(SampleKeys.RSA, JweAlgorithm.RSA_OAEP, false))
          .put("rsa256.jwk", SampleJwk.of(SampleKeys.RSA, JweAlgorithm.RSA_OAEP_256, false))
          .put("secret.jwk", SampleJwk.of(SampleKeys.RSA, JweAlgorithm.RSA_OAEP, true))
          .put("mixed.jwk", SampleJwk.of(SampleKeys.P256, JweAlgorithm.RSA_OAEP, false))
          .put("none.jwk", "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}")
          .put("short", SampleKeys.pair("RSA-1024"))
          .put("noise", "no key at all")
          .put("empty", "")
          .put("huge", new byte[Limits.KEY_FILE + 1]);

  @Test
  void pathsOrderAndFormDoNotShowInTheCanonicalKeys() throws IOException {
    String expected =
        "jwe:ECDH-ES+A256KW:%s,jwe:RSA-OAEP:%s,pkcs7:%s"
            .formatted(
                Digest.of(SampleKeys.P256.getPublic().getEncoded()).hex(),
                Digest.of(SampleKeys.RSA.getPublic().getEncoded()).hex(),
                Digest.of(SampleCertificate.of(SampleKeys.OTHER_RSA, "CN=other", Long.MAX_VALUE))
                    .hex());
    assertThat(KEYS.recipients("jwe:rsa.pub", "pkcs7:other.crt", "jwe:p256.pub").canonicalKeys())
        .isEqualTo(expected);
    assertThat(
            KEYS.recipients(
                    "jwe:p256.pub", "jwe:rsa.jwk", "jwe:rsa.der", "jwe:rsa.pub", "pkcs7:other.crt")
                .canonicalKeys())
        .isEqualTo(expected);
  }

  @Test
  void anotherAlgorithmForTheSameKeyIsAnotherRecipe() throws IOException {
    assertThat(KEYS.recipients("jwe:rsa256.jwk").canonicalKeys())
        .startsWith("jwe:RSA-OAEP-256:")
        .isNotEqualTo(KEYS.recipients("jwe:rsa.jwk").canonicalKeys());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "rsa.pub,                it does not begin with jwe:",
        "age:rsa.pub,            it does not begin with jwe:",
        "provider:vault:x,       of ocicrypt's schemes there are jwe",
        "jwe:noise,              it is neither PEM nor DER nor a JSON Web Key",
        "jwe:empty,              it is neither PEM nor DER nor a JSON Web Key",
        "jwe:huge,               the file is larger than 1024 KiB",
        "jwe:rsa.key,            this is a private key",
        "jwe:secret.jwk,         this is a private key",
        "jwe:rsa.crt,            this is a certificate",
        "jwe:mixed.jwk,          alg is not for its kty",
        "jwe:none.jwk,           kty is not RSA or EC",
        "jwe:short.pub,          RSA with 1024 bits; 2048 are the least",
        "pkcs7:rsa.pub,          it holds no CERTIFICATE",
        "pkcs7:noise,            it is no X.509 certificate",
        "pgp:./noise,            ./noise",
      })
  void whatIsNoRecipientSaysWhy(String text, String reason) {
    assertThatThrownBy(() -> KEYS.recipients(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> KEYS.recipients("jwe:nowhere.pem"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("nowhere.pem");
  }

  @Test
  void nobodyIsNoRecipient() {
    assertThatThrownBy(() -> Recipients.parse(List.of(), KEYS))
        .hasMessage("recipients: there are none, so no one could decrypt");
  }
}
