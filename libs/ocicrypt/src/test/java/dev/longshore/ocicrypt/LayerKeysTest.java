package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LayerKeysTest {
  private static final byte[] LAYER = "a layer".getBytes(StandardCharsets.US_ASCII);
  private static final String JWE = "org.opencontainers.image.enc.keys.jwe";

  private final SampleKeys keys;

  LayerKeysTest() throws IOException {
    keys = SampleKeys.withPgp();
  }

  private Map<String, String> annotations(String... recipients) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EncryptedLayer layer =
        LayerCipher.encrypt(
            new ByteArrayInputStream(LAYER),
            Digest.of(LAYER),
            keys.recipients(recipients),
            out,
            new SecureRandom());
    bytes = out.toByteArray();
    Map<String, String> annotations = new TreeMap<>(layer.annotations());
    annotations.put("com.example.note", "kept");
    return annotations;
  }

  private byte[] bytes = {};

  private byte[] open(Map<String, String> annotations, String... texts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrivateKeys privateKeys = keys.keys(texts)) {
      LayerCipher.decrypt(new ByteArrayInputStream(bytes), annotations, privateKeys, out);
    }
    return out.toByteArray();
  }

  private static void isOf(OcicryptException.Kind kind, Throwable error) {
    assertThat(((OcicryptException) error).kind()).as(error.getMessage()).isEqualTo(kind);
  }

  @Test
  void otherRecipientsChangeAnnotationsOnly() throws IOException {
    Map<String, String> before = annotations("jwe:p256.pub", "pkcs7:rsa.crt");
    Map<String, String> after =
        LayerKeys.rewrap(
            before, keys.keys("rsa.key"), keys.recipients("jwe:p384.pub", "pgp:X25519.asc"));
    assertThat(after)
        .containsOnlyKeys(
            "com.example.note",
            JWE,
            "org.opencontainers.image.enc.keys.pgp",
            "org.opencontainers.image.enc.pubopts")
        .containsEntry(
            "org.opencontainers.image.enc.pubopts",
            before.get("org.opencontainers.image.enc.pubopts"));
    assertThat(open(after, "p384.key")).isEqualTo(LAYER);
    assertThat(open(after, "X25519.sec")).isEqualTo(LAYER);
    assertThatThrownBy(() -> open(after, "p256.key", "rsa.key"))
        .satisfies(e -> isOf(OcicryptException.Kind.WRONG_KEY, e));
  }

  @Test
  void furtherRecipientsComeNextToThoseThereAre() throws IOException {
    Map<String, String> before = annotations("jwe:p256.pub");
    Map<String, String> after =
        LayerKeys.add(
            before, keys.keys("p256.key"), keys.recipients("jwe:p521.pub", "pkcs7:other.crt"));
    assertThat(after.get(JWE)).startsWith(before.get(JWE) + ",");
    for (String key : List.of("p256.key", "p521.key", "other.key")) {
      assertThat(open(after, key)).isEqualTo(LAYER);
    }
    assertThat(LayerKeys.inspect(after))
        .containsExactly(
            new KeyPacket("jwe", List.of("ECDH-ES+A256KW, P-256")),
            new KeyPacket("jwe", List.of("ECDH-ES+A256KW, P-521")),
            new KeyPacket("pkcs7", List.of("RSA, serial 7fffffffffffffff, issuer CN=other")));
  }

  @Test
  void whoHasNoKeyCannotChangeRecipients() throws IOException {
    Map<String, String> before = annotations("jwe:p256.pub");
    Recipients to = keys.recipients("jwe:p521.pub");
    assertThatThrownBy(() -> LayerKeys.rewrap(before, keys.keys("p521.key"), to))
        .satisfies(e -> isOf(OcicryptException.Kind.WRONG_KEY, e));
    assertThatThrownBy(() -> LayerKeys.add(before, keys.keys("p521.key"), to))
        .satisfies(e -> isOf(OcicryptException.Kind.WRONG_KEY, e));
  }

  @Test
  void schemesOfOthersAreNamedAndPassedOver() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub");
    String packet = Base64.getEncoder().encodeToString(new byte[] {1, 2, 3});
    annotations.put("org.opencontainers.image.enc.keys.pkcs11", packet);
    annotations.put("org.opencontainers.image.enc.keys.provider.vault", packet);
    assertThat(open(annotations, "p256.key")).isEqualTo(LAYER);
    assertThat(LayerKeys.inspect(annotations))
        .extracting(KeyPacket::scheme)
        .containsExactly("jwe", "pkcs11", "provider.vault");
  }

  @Test
  void aDamagedPacketDoesNotHideOneThatOpens() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub", "pgp:RSA.asc");
    annotations.put(JWE, Base64.getEncoder().encodeToString(new byte[] {'{'}));
    assertThat(open(annotations, "RSA.sec")).isEqualTo(LAYER);
    assertThatThrownBy(() -> open(annotations, "p256.key"))
        .satisfies(e -> isOf(OcicryptException.Kind.BAD_ANNOTATION, e));
  }

  @Test
  void anotherLayersKeyIsFound() throws IOException {
    Map<String, String> other = annotations("jwe:p256.pub");
    Map<String, String> mixed = annotations("jwe:p256.pub");
    mixed.put(JWE, other.get(JWE));
    assertThatThrownBy(() -> open(mixed, "p256.key"))
        .satisfies(e -> isOf(OcicryptException.Kind.CHANGED_LAYER, e));
  }

  @Test
  void aChangedAnnotationIsFoundOrChangesNothing() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub");
    int tried = 0;
    int found = 0;
    for (String name : List.of(JWE, PublicOptions.ANNOTATION)) {
      byte[] value = Base64.getDecoder().decode(annotations.get(name));
      for (int at = 0; at < value.length; at += 7) {
        byte[] changed = value.clone();
        changed[at] ^= 4;
        Map<String, String> damaged = new TreeMap<>(annotations);
        damaged.put(name, Base64.getEncoder().encodeToString(changed));
        try {
          assertThat(open(damaged, "p256.key")).isEqualTo(LAYER);
        } catch (OcicryptException e) {
          found++;
        }
        tried++;
      }
    }
    // What is left are names of fields that nobody reads.
    assertThat(found).isGreaterThan(tried * 3 / 4);
  }

  @Test
  void tooManyPacketsOrRecipientsAreRefused() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub");
    annotations.put(
        JWE,
        IntStream.range(0, Limits.PACKETS + 1)
            .mapToObj(_ -> annotations.get(JWE))
            .collect(Collectors.joining(",")));
    assertThatThrownBy(() -> open(annotations, "p256.key"))
        .satisfies(e -> isOf(OcicryptException.Kind.LIMIT, e));
  }

  @Test
  void decryptedLayersKeepTheirOtherAnnotations() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub");
    assertThat(LayerKeys.areIn(annotations)).isTrue();
    assertThat(LayerKeys.plainAnnotations(annotations))
        .containsExactlyEntriesOf(Map.of("com.example.note", "kept"));
  }

  @Test
  void theErrorSaysWhichRecipientsAreOfAnUnknownKind() throws IOException {
    Map<String, String> annotations = annotations("jwe:p256.pub", "jwe:p384.pub");
    String json =
        new String(Base64.getDecoder().decode(annotations.get(JWE)), StandardCharsets.US_ASCII)
            .replaceFirst("ECDH-ES.A256KW", "HPKE-0");
    annotations.put(
        JWE, Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII)));

    assertThat(open(annotations, "p384.key")).isEqualTo(LAYER);
    assertThatThrownBy(() -> open(annotations, "p256.key"))
        .satisfies(e -> isOf(OcicryptException.Kind.WRONG_KEY, e))
        .hasMessageContaining("HPKE-0, not supported");
  }
}
