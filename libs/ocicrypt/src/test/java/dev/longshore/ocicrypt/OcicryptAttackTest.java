package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Annotations and keys that pose as ocicrypt's. */
final class OcicryptAttackTest {
  /**
   * Bytes; a packet of 256 KiB is held as text, bytes, tree and parts, each some times its size.
   */
  private static final long MOST_OF_A_PACKET = 48L << 20;

  /** Bytes; a file of 1 MiB likewise, and BouncyCastle keeps several copies of a key ring. */
  private static final long MOST_OF_A_FILE = 96L << 20;

  /** Bytes; Argon2 asks for 64 MiB anew for each of at most eight secret keys, one at a time. */
  private static final long MOST_OF_SECRETS = MOST_OF_A_FILE + (8L << 26);

  private static final byte[] LAYER = {1, 2, 3};

  private final SampleKeys keys = SampleKeys.withPgp();
  private final HostileOcicrypt hostile = new HostileOcicrypt(keys);
  private final String[] all = {"rsa.key", "p256.key", "p384.key", "p521.key", "X25519.sec"};

  OcicryptAttackTest() throws IOException {}

  private Attack<Map<String, String>> packets(Scheme scheme) {
    return new Attack<>(
        OcicryptAttackTest.class,
        "services/converter",
        packet -> opened(scheme, packet),
        List.of(OcicryptException.class),
        MOST_OF_A_PACKET,
        (annotations, _) -> isWhole(annotations));
  }

  private Map<String, String> annotations(Scheme scheme, byte[] packet) {
    return Map.of(
        scheme.annotation(),
        Base64.getEncoder().encodeToString(packet),
        PublicOptions.ANNOTATION,
        new PublicOptions(new byte[32]).encoded());
  }

  /** Reads it as the tools for people and as decryption do. */
  private Map<String, String> opened(Scheme scheme, byte[] packet) throws IOException {
    Map<String, String> annotations = annotations(scheme, packet);
    LayerKeys.inspect(annotations);
    try (PrivateKeys read = keys.keys(all)) {
      LayerKeys.unwrap(annotations, read).close();
    }
    return annotations;
  }

  /** What opens once opens for new recipients too. */
  private void isWhole(Map<String, String> annotations) throws IOException {
    try (PrivateKeys read = keys.keys(all)) {
      assertThat(LayerKeys.rewrap(annotations, read, keys.recipients("jwe:p256.pub")))
          .containsKey(Scheme.JWE.annotation());
    }
  }

  private static void hold(Attack<?> attack, List<HostileInput> inputs) {
    Attack.Tally tally = attack.with(inputs);
    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void jwesAreReadOrRefused() throws IOException {
    hold(packets(Scheme.JWE), hostile.jwe());
  }

  @Test
  void damagedJwesAreReadOrRefused() throws IOException {
    Attack.Tally tally =
        packets(Scheme.JWE).mutating(List.of(hostile.validJwe("jwe:p256.pub", "jwe:p384.pub")));
    assertThat(tally.refused()).isGreaterThan(tally.accepted());
  }

  @Test
  void pkcs7IsReadOrRefused() throws IOException {
    hold(packets(Scheme.PKCS7), hostile.pkcs7());
  }

  @Test
  void damagedPkcs7IsReadOrRefused() throws IOException {
    Attack.Tally tally = packets(Scheme.PKCS7).mutating(List.of(hostile.validPkcs7()));
    assertThat(tally.refused()).isGreaterThan(tally.accepted());
  }

  @Test
  void pgpMessagesAreReadOrRefused() throws IOException {
    hold(packets(Scheme.PGP), hostile.pgp());
  }

  @Test
  void damagedPgpMessagesAreReadOrRefused() throws IOException {
    Attack.Tally tally =
        packets(Scheme.PGP).mutating(List.of(hostile.validPgp("pgp:X25519.asc", "pgp:RSA.asc")));
    assertThat(tally.refused()).isGreaterThan(tally.accepted());
  }

  private Attack<Recipients> recipients(String scheme) {
    return new Attack<>(
        OcicryptAttackTest.class,
        "services/converter",
        file -> Recipients.parse(List.of(scheme + ":./file"), _ -> file),
        List.of(OcicryptException.class),
        MOST_OF_A_FILE,
        (to, _) -> {
          // Whoever is taken as a recipient can be encrypted to.
          EncryptedLayer layer =
              LayerCipher.encrypt(
                  new ByteArrayInputStream(LAYER),
                  Digest.of(LAYER),
                  to,
                  OutputStream.nullOutputStream(),
                  new SecureRandom());
          assertThat(LayerKeys.inspect(layer.annotations())).isNotEmpty();
        });
  }

  private Attack<String> privateKeys() {
    return new Attack<>(
        OcicryptAttackTest.class,
        "services/converter",
        file -> {
          try (PrivateKeys read =
              PrivateKeys.parse(List.of("file:pass=" + SamplePgp.PASSWORD), _ -> file.clone())) {
            for (String recipient : List.of("jwe:rsa.pub", "pkcs7:rsa.crt", "pgp:X25519.asc")) {
              tryOn(recipient, read);
            }
            return read.toString();
          }
        },
        List.of(OcicryptException.class),
        MOST_OF_SECRETS,
        (text, _) -> assertThat(text).matches("[0-9]+ private keys"));
  }

  private void tryOn(String recipient, PrivateKeys read) throws IOException {
    Map<String, String> annotations = hostile.annotations(recipient);
    try {
      LayerKeys.unwrap(annotations, read).close();
    } catch (OcicryptException e) {
      assertThat(e.kind())
          .isIn(OcicryptException.Kind.WRONG_KEY, OcicryptException.Kind.CHANGED_ANNOTATION);
    }
  }

  @Test
  void publicKeysAreReadOrRefused() throws IOException {
    hold(recipients("jwe"), hostile.publicKeys());
  }

  @Test
  void damagedPublicKeysAreReadOrRefused() {
    recipients("jwe")
        .mutating(
            List.of(
                SampleKeys.P256.getPublic().getEncoded(),
                SampleKeys.RSA.getPublic().getEncoded(),
                HostileOcicrypt.jwk(SampleKeys.P521, false)));
  }

  @Test
  void certificatesAreReadOrRefused() throws IOException {
    hold(recipients("pkcs7"), hostile.certificates());
  }

  @Test
  void privateKeysAreReadOrRefused() throws IOException {
    hold(privateKeys(), hostile.privateKeys());
  }

  @Test
  void damagedPrivateKeysAreReadOrRefused() {
    privateKeys()
        .mutating(
            List.of(
                SampleKeys.P256.getPrivate().getEncoded(),
                SampleKeys.RSA.getPrivate().getEncoded(),
                SampleKeys.pkcs1(SampleKeys.RSA.getPrivate()),
                HostileOcicrypt.jwk(SampleKeys.RSA, true)));
  }

  @Test
  void pgpCertificatesAreReadOrRefused() throws IOException {
    hold(recipients("pgp"), hostile.pgpCertificates());
  }

  @Test
  void damagedPgpKeysAreReadOrRefused() throws IOException {
    recipients("pgp").mutating(List.of(SamplePgp.X25519.publicKey(), SamplePgp.P256.publicKey()));
    privateKeys().mutating(List.of(SamplePgp.X25519.secretKey(), SamplePgp.locked().getEncoded()));
  }
}
