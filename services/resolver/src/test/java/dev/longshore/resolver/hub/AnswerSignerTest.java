package dev.longshore.resolver.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerSignerTest {
  /** Sites verify with the JDK. */
  @Test
  void itsSignaturesAreThoseOfTheJdk() throws Exception {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 400, 300_000}) {
      KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] lines = new byte[size];
      random.nextBytes(lines);
      Signature jdk = Signature.getInstance("Ed25519");
      jdk.initSign(keys.getPrivate());
      jdk.update(lines);

      String signed = new AnswerSigner("a", keys.getPrivate()).sign(lines);

      assertThat(Base64.getUrlDecoder().decode(signed)).isEqualTo(jdk.sign());
      assertThat(signed).doesNotContain("=");
    }
  }

  @Test
  void aKeyOfAnotherKindIsRefused() throws Exception {
    for (String kind : new String[] {"RSA", "Ed448"}) {
      KeyPair keys = KeyPairGenerator.getInstance(kind).generateKeyPair();

      assertThatThrownBy(() -> new AnswerSigner("a", keys.getPrivate()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: Ed25519");
    }
  }
}
