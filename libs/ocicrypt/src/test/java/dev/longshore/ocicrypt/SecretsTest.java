package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.testing.Attack;
import dev.longshore.testing.Mutations;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** Keys stay out of texts and do not outlive their use. */
final class SecretsTest {
  /** Characters of a key in one of its spellings that would give it away. */
  private static final int TELLING = 8;

  private static final int DAMAGED = 300;

  private static List<String> spellings(byte[] secret) {
    return List.of(
        Base64.getEncoder().encodeToString(secret),
        Base64.getUrlEncoder().encodeToString(secret),
        HexFormat.of().formatHex(secret),
        new String(secret, StandardCharsets.ISO_8859_1));
  }

  private static void tellsNothing(String text, byte[] secret) {
    for (String spelling : spellings(secret)) {
      for (int at = 0; at + TELLING <= spelling.length(); at++) {
        String piece = spelling.substring(at, at + TELLING);
        if (piece.chars().distinct().count() > 3) {
          assertThat(text).doesNotContain(piece);
        }
      }
    }
  }

  private static String everythingOf(Exception e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void errorsOfDamagedKeysTellNothingOfThem() throws IOException {
    List<byte[]> files = new ArrayList<>();
    files.add(HostileOcicrypt.jwk(SampleKeys.P256, true));
    files.add(SampleKeys.P256.getPrivate().getEncoded());
    files.add(
        SampleKeys.pem("PRIVATE KEY", SampleKeys.P256.getPrivate().getEncoded())
            .getBytes(StandardCharsets.US_ASCII));
    byte[] s =
        EcCurve.P256.coordinate(
            ((java.security.interfaces.ECPrivateKey) SampleKeys.P256.getPrivate()).getS());
    int refused = 0;
    for (int i = 0; i < DAMAGED; i++) {
      byte[] file = files.get(i % files.size());
      byte[] damaged = Mutations.mutate(file, new SplitMix(Attack.seed() + i));
      try (PrivateKeys keys = PrivateKeys.parse(List.of("k:pass=hunter2hunter2"), _ -> damaged)) {
        tellsNothing(keys.toString(), s);
      } catch (OcicryptException e) {
        refused++;
        assertThat(e.getCause()).isNull();
        assertThat(everythingOf(e)).doesNotContain("hunter2");
        tellsNothing(everythingOf(e), s);
      }
    }
    assertThat(refused).isGreaterThan(DAMAGED / 4);
  }

  @Test
  void errorsOfDamagedOptionsTellNothingOfTheLayersKey() {
    int refused = 0;
    for (int i = 0; i < DAMAGED; i++) {
      LayerSecret secret = LayerSecret.fresh(Digest.of(new byte[0]), new SecureRandom());
      byte[] damaged = Mutations.mutate(secret.json(), new SplitMix(Attack.seed() + i));
      try (LayerSecret read = LayerSecret.parse(damaged)) {
        tellsNothing(read.toString(), secret.key());
      } catch (OcicryptException e) {
        refused++;
        assertThat(e.getCause()).isNull();
        tellsNothing(everythingOf(e), secret.key());
        assertThat(damaged).isEqualTo(new byte[damaged.length]);
      }
    }
    assertThat(refused).isGreaterThan(DAMAGED / 4);
  }

  @Test
  void aKeyInPlaceOfTheDigestIsNotShown() {
    LayerSecret secret = LayerSecret.fresh(Digest.of(new byte[0]), new SecureRandom());
    String json = new String(secret.json(), StandardCharsets.US_ASCII);
    String key = Base64.getEncoder().encodeToString(secret.key());
    byte[] swapped =
        json.replaceFirst("sha256:[0-9a-f]{64}", Matcher.quoteReplacement(key))
            .getBytes(StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> LayerSecret.parse(swapped))
        .isInstanceOf(OcicryptException.class)
        .hasMessageContaining("is no digest")
        .hasMessageNotContaining(key);
  }

  @Test
  void valuesThatHoldKeysDoNotShowThem() throws IOException {
    LayerSecret secret = LayerSecret.fresh(Digest.of(new byte[0]), new SecureRandom());
    assertThat(secret).hasToString("LayerSecret[not shown]");
    assertThat(Jwk.parse("k", HostileOcicrypt.jwk(SampleKeys.RSA, true))).hasToString("Jwk[RSA]");
    Pem pem = Pem.blocks("k", SampleKeys.all().read("rsa.key")).getFirst();
    assertThat(pem).hasToString("Pem[PRIVATE KEY]");
    assertThat(new PgpPacket(PgpPacket.SECRET_KEY, new byte[3]))
        .hasToString("PgpPacket[5, 3 bytes]");
  }

  @Test
  void aLayersKeyIsWipedAfterUse() throws IOException {
    LayerSecret secret = LayerSecret.fresh(Digest.of(new byte[0]), new SecureRandom());
    byte[] json = secret.json();
    LayerSecret read = LayerSecret.parse(json.clone());
    assertThat(read.key()).isEqualTo(secret.key()).isNotEqualTo(new byte[LayerSecret.KEY_BYTES]);
    secret.close();
    read.close();
    for (byte[] bytes : List.of(secret.key(), read.key(), read.json(), json, secret.nonce())) {
      assertThat(bytes).containsOnly(0);
    }
  }

  @Test
  void aKeyFileIsWipedAfterItWasRead() throws IOException {
    byte[] file = SampleKeys.all().read("rsa.key");
    byte[] password = "sesame".getBytes(StandardCharsets.US_ASCII);
    PrivateKeys.parse(List.of("key:file=password"), path -> path.equals("key") ? file : password)
        .close();
    assertThat(file).containsOnly(0);
    assertThat(password).containsOnly(0);
  }

  @Test
  void theOptionsAreSpelledAsTheReferenceSpellsThem() {
    try (LayerSecret secret = LayerSecret.fresh(Digest.of(new byte[0]), new SecureRandom())) {
      assertThat(new String(secret.json(), StandardCharsets.US_ASCII))
          .matches(
              "\\{\"symkey\":\"[A-Za-z0-9+/]{43}=\",\"digest\":\"sha256:[0-9a-f]{64}\","
                  + "\"cipheroptions\":\\{\"nonce\":\"[A-Za-z0-9+/]{22}==\"}}");
    }
  }

  @Test
  void whatAnOpenPgpMessageHeldIsWipedButForTheOptions() {
    byte[] body = HexFormat.of().parseHex("620000000000" + "0102030405");
    byte[] plain = new PgpPacket(PgpPacket.LITERAL, body).encoded();
    byte[] other = new PgpPacket(PgpPacket.MARKER, body).encoded();

    assertThat(PgpMessage.literal(plain)).hasValue(new byte[] {1, 2, 3, 4, 5});
    assertThat(PgpMessage.literal(other)).isEmpty();

    assertThat(plain).containsOnly(0);
    assertThat(other).containsOnly(0);
  }
}
