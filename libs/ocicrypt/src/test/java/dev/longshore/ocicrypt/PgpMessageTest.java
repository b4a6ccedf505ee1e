package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PgpMessageTest {
  private static final byte[] OPTIONS = "the options".getBytes(StandardCharsets.US_ASCII);

  private final SampleKeys keys;

  PgpMessageTest() throws IOException {
    keys = SampleKeys.withPgp();
  }

  private byte[] seal(String... recipients) throws IOException {
    return PgpMessage.seal(
        keys.recipients(recipients).of(PgpRecipient.class), OPTIONS, new SecureRandom());
  }

  private static Optional<byte[]> open(byte[] packet, byte[] secretKeys) throws IOException {
    List<PGPKeyPair> pairs = PgpKeyFile.secretKeys("key file x", secretKeys, new byte[0]);
    return PgpMessage.read(packet).open(pairs);
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfKeyOpensWhatWasSealedForIt(SamplePgp pgp) throws IOException {
    byte[] packet = seal("pgp:" + pgp.name() + ".asc");
    assertThat(open(packet, pgp.secretKey())).hasValue(OPTIONS);
    SamplePgp other = pgp == SamplePgp.OTHER_RSA ? SamplePgp.RSA : SamplePgp.OTHER_RSA;
    assertThat(open(packet, other.secretKey())).isEmpty();
    PgpMessage message = PgpMessage.read(packet);
    assertThat(message.keys()).hasSize(1);
    assertThat(message.keys().getFirst().algorithm()).isEqualTo(pgp.algorithm());
  }

  @Test
  void eachOfSeveralRecipientsOpensIt() throws IOException {
    byte[] packet = seal("pgp:RSA.gpg", "pgp:X25519.asc", "pgp:CURVE25519.asc");
    for (SamplePgp pgp : List.of(SamplePgp.RSA, SamplePgp.X25519, SamplePgp.CURVE25519)) {
      assertThat(open(packet, pgp.secretKey())).hasValue(OPTIONS);
    }
    assertThat(PgpMessage.read(packet).recipientTexts())
        .hasSize(3)
        .anySatisfy(text -> assertThat(text).matches("0x[0-9a-f]{16}, RSA"))
        .anySatisfy(text -> assertThat(text).matches("0x[0-9a-f]{16}, ECDH"))
        .anySatisfy(text -> assertThat(text).matches("0x[0-9a-f]{16}, X25519"));
  }

  @Test
  void aChangeOfWhatIsProtectedIsToldFromAWrongKey() throws IOException {
    byte[] packet = seal("pgp:X25519.asc");
    for (int at : new int[] {packet.length - 1, packet.length - 30, packet.length - 45}) {
      byte[] changed = packet.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> open(changed, SamplePgp.X25519.secretKey()))
          .isInstanceOfSatisfying(
              OcicryptException.class,
              e -> assertThat(e.kind()).isEqualTo(OcicryptException.Kind.CHANGED_ANNOTATION));
    }
  }

  @Test
  void dataWithoutIntegrityProtectionIsRefused() throws IOException {
    PgpMessage message = PgpMessage.read(seal("pgp:X25519.asc"));
    byte[] weak =
        PgpPacket.encoded(
            List.of(
                message.keys().getFirst().packet(),
                new PgpPacket(PgpPacket.UNPROTECTED_DATA, message.data().body())));
    assertThatThrownBy(() -> PgpMessage.read(weak))
        .hasMessageContaining("without integrity protection");
  }

  @Test
  void namesAreLookedUpInTheKeyRing() throws IOException {
    ByteArrayOutputStream ring = new ByteArrayOutputStream();
    for (SamplePgp pgp : SamplePgp.values()) {
      ring.writeBytes(pgp.publicKey());
    }
    KeyFiles files =
        new KeyFiles() {
          @Override
          public byte[] read(String path) throws IOException {
            return keys.read(path);
          }

          @Override
          public byte[] pgpKeyRing() {
            return ring.toByteArray();
          }
        };
    String byFile = keys.recipients("pgp:P256.asc").canonicalKeys();
    String id = PgpRecipient.id(SamplePgp.P256.key().getPGPPublicKeyRing().getPublicKey());
    for (String name : List.of("P256", "p256@example.org", "P256 (test) <p256@example.org>", id)) {
      assertThat(Recipients.parse(List.of("pgp:" + name), files).canonicalKeys()).isEqualTo(byFile);
    }
    assertThatThrownBy(() -> Recipients.parse(List.of("pgp:nobody@example.org"), files))
        .hasMessage(
            "recipient pgp:nobody@example.org: the key ring has no one with this name, mail address"
                + " or fingerprint");
    assertThatThrownBy(() -> Recipients.parse(List.of("pgp:nobody@example.org"), keys))
        .hasMessageContaining("give the file of the public key");
  }

  @Test
  void aKeyThatCannotEncryptIsRefused() throws IOException, PGPException {
    keys.put("signer.asc", SamplePgp.signingOnly().toCertificate().toAsciiArmoredString());
    assertThatThrownBy(() -> keys.recipients("pgp:signer.asc"))
        .hasMessageContaining("has no part for encryption that is valid");
    keys.put("short.asc", SamplePgp.shortRsa().toCertificate().toAsciiArmoredString());
    assertThatThrownBy(() -> keys.recipients("pgp:short.asc"))
        .isInstanceOf(OcicryptException.class);
    assertThatThrownBy(() -> keys.recipients("pgp:./X25519.sec")).isInstanceOf(IOException.class);
    keys.put("./secret", SamplePgp.X25519.secretKey());
    assertThatThrownBy(() -> keys.recipients("pgp:./secret"))
        .hasMessageContaining("this is a private key");
  }

  @Test
  void aSubkeyThatTheOwnerNeverSignedIsNotUsed() throws IOException {
    PGPPublicKeyRing ring = SamplePgp.X25519.key().getPGPPublicKeyRing();
    PGPPublicKey stranger = null;
    for (PGPPublicKey key : SamplePgp.OTHER_RSA.key().getPGPPublicKeyRing()) {
      stranger = key.isMasterKey() ? stranger : key;
    }
    // Its own signature comes along, made by another primary key.
    byte[] mixed = PGPPublicKeyRing.insertPublicKey(ring, stranger).getEncoded();
    keys.put("mixed.gpg", mixed);
    assertThat(keys.recipients("pgp:mixed.gpg").canonicalKeys())
        .isEqualTo(keys.recipients("pgp:X25519.asc").canonicalKeys());
  }

  @Test
  void aPasswordOpensSecretKeys() throws IOException {
    OpenPGPKey locked = SamplePgp.locked();
    keys.put("locked.asc", locked.toCertificate().toAsciiArmoredString());
    keys.put("locked.sec", locked.toAsciiArmoredString());
    byte[] packet = seal("pgp:locked.asc");
    try (PrivateKeys opened = keys.keys("locked.sec:pass=" + SamplePgp.PASSWORD)) {
      assertThat(PgpMessage.read(packet).open(opened.pgpKeys())).hasValue(OPTIONS);
    }
    assertThatThrownBy(() -> keys.keys("locked.sec"))
        .hasMessageContaining("put its password behind the path");
    assertThatThrownBy(() -> keys.keys("locked.sec:pass=wrong"))
        .hasMessage("key file locked.sec: it does not open with this password");
  }

  @Test
  void aSessionKeyOfAnotherVersionStandsInNobodysWay() throws IOException {
    PgpMessage message = PgpMessage.read(seal("pgp:X25519.asc", "pgp:RSA.asc"));
    byte[] newer = message.keys().getFirst().packet().body().clone();
    newer[0] = 6;
    byte[] mixed =
        PgpPacket.encoded(
            List.of(
                new PgpPacket(PgpPacket.SESSION_KEY, newer),
                message.keys().getLast().packet(),
                message.data()));

    assertThat(open(mixed, SamplePgp.RSA.secretKey())).hasValue(OPTIONS);
    assertThat(open(mixed, SamplePgp.X25519.secretKey())).isEmpty();
    assertThat(PgpMessage.read(mixed).recipientTexts())
        .hasSize(2)
        .contains("a session key of version 6, not supported");
  }
}
