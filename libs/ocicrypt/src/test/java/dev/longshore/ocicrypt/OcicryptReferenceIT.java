package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import dev.longshore.testing.SplitMix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What we encrypt the reference opens, and the other way round. */
@InTurn(SharedTurn.REFERENCES)
final class OcicryptReferenceIT {
  /** The reference holds 10 KiB back, reads in 32 KiB; ours in 128 KiB. */
  private static final byte[] LAYER = layer(400_003);

  @TempDir Path folder;

  private final SampleKeys keys;
  private ReferenceTool reference;

  OcicryptReferenceIT() throws IOException {
    keys = SampleKeys.withPgp();
  }

  /** A recipient, the key that opens it, and what else the reference needs then. */
  record Way(String recipient, String ourRecipient, String key, List<String> certificates) {
    @Override
    public String toString() {
      return recipient;
    }
  }

  private static Way jwe(String name) {
    return new Way("jwe:" + name + ".pub", "jwe:" + name + ".pub", name + ".key", List.of());
  }

  private static Way jwk(String name) {
    return new Way(
        "jwe:" + name + ".pub.jwk", "jwe:" + name + ".pub.jwk", name + ".jwk", List.of());
  }

  private static Way pkcs7(String name) {
    String recipient = "pkcs7:" + name + ".crt";
    return new Way(recipient, recipient, name + ".key", List.of(recipient));
  }

  private static Way pgp(SamplePgp pgp) {
    return new Way(
        "pgp:" + pgp.mail(), "pgp:" + pgp.name() + ".asc", pgp.name() + ".sec", List.of());
  }

  static Stream<Way> ways() {
    return Stream.concat(
        Stream.of(
            jwe("rsa"),
            jwe("p256"),
            jwe("p384"),
            jwe("p521"),
            jwk("RSA-OAEP"),
            jwk("RSA-OAEP-256"),
            jwk("ECDH-ES+A128KW"),
            jwk("ECDH-ES+A192KW"),
            jwk("ECDH-ES+A256KW"),
            pkcs7("rsa"),
            pkcs7("other")),
        Stream.of(SamplePgp.values()).map(OcicryptReferenceIT::pgp));
  }

  static Stream<List<Way>> several() {
    return Stream.of(
        List.of(jwe("rsa"), jwe("p256")),
        List.of(jwe("p256"), jwe("p384"), jwe("p521"), jwe("rsa"), jwk("RSA-OAEP-256")),
        List.of(pkcs7("rsa"), pkcs7("other")),
        List.of(pgp(SamplePgp.RSA), pgp(SamplePgp.CURVE25519), pgp(SamplePgp.X25519)),
        List.of(jwe("rsa"), pkcs7("other"), pgp(SamplePgp.P256)));
  }

  @BeforeEach
  void writeKeys() throws IOException, InterruptedException {
    reference = new ReferenceTool(folder);
    for (JweAlgorithm algorithm : JweAlgorithm.values()) {
      KeyPair pair = algorithm.isRsa() ? SampleKeys.RSA : SampleKeys.P384;
      keys.put(algorithm.text() + ".pub.jwk", SampleJwk.of(pair, algorithm, false));
      keys.put(algorithm.text() + ".jwk", SampleJwk.of(pair, algorithm, true));
    }
    ByteArrayOutputStream ring = new ByteArrayOutputStream();
    for (SamplePgp pgp : SamplePgp.values()) {
      ring.writeBytes(pgp.publicKey());
    }
    keys.put("ring.gpg", ring.toByteArray());
    for (String name : keys.names()) {
      reference.put(name, keys.read(name));
    }
  }

  private static byte[] layer(int size) {
    byte[] layer = new byte[size];
    new SplitMix(size).nextBytes(layer);
    return layer;
  }

  private ReferenceTool.Sealed encrypt(byte[] layer, List<Way> to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Recipients recipients = Recipients.parse(to.stream().map(Way::ourRecipient).toList(), keys);
    EncryptedLayer encrypted =
        LayerCipher.encrypt(
            new ByteArrayInputStream(layer), Digest.of(layer), recipients, out, new SecureRandom());
    return new ReferenceTool.Sealed(out.toByteArray(), encrypted.annotations());
  }

  private byte[] decrypt(ReferenceTool.Sealed sealed, String key) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrivateKeys privateKeys = keys.keys(key)) {
      LayerCipher.decrypt(
          new ByteArrayInputStream(sealed.bytes()), sealed.annotations(), privateKeys, out);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theReferenceOpensOurs(Way way) throws IOException {
    ReferenceTool.Sealed sealed = encrypt(LAYER, List.of(way));
    assertThat(reference.decrypt(sealed, List.of(way.key), way.certificates)).isEqualTo(LAYER);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void weOpenTheReferences(Way way) throws IOException {
    ReferenceTool.Sealed sealed = reference.encrypt(LAYER, List.of(way.recipient));
    assertThat(decrypt(sealed, way.key)).isEqualTo(LAYER);
    assertThat(LayerKeys.inspect(sealed.annotations()))
        .singleElement()
        .satisfies(packet -> assertThat(packet.recipients()).hasSize(1));
  }

  @ParameterizedTest
  @MethodSource("several")
  void eachOfSeveralOpensItOnBothSides(List<Way> to) throws IOException {
    ReferenceTool.Sealed ours = encrypt(LAYER, to);
    ReferenceTool.Sealed theirs =
        reference.encrypt(LAYER, to.stream().map(Way::recipient).toList());
    assertThat(schemesAndCounts(ours)).isEqualTo(schemesAndCounts(theirs));
    for (Way way : to) {
      assertThat(reference.decrypt(ours, List.of(way.key), way.certificates)).isEqualTo(LAYER);
      assertThat(decrypt(theirs, way.key)).isEqualTo(LAYER);
    }
  }

  private static Map<String, Integer> schemesAndCounts(ReferenceTool.Sealed sealed)
      throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    for (KeyPacket packet : LayerKeys.inspect(sealed.annotations())) {
      counts.put(packet.scheme(), packet.recipients().size());
    }
    return counts;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void recipientsAreAddedToTheOthersLayers(Way way) throws IOException {
    ReferenceTool.Sealed ours = encrypt(LAYER, List.of(jwe("p256")));
    Map<String, String> byReference =
        reference.add(ours.annotations(), List.of("p256.key"), List.of(way.recipient));
    assertThat(decrypt(new ReferenceTool.Sealed(ours.bytes(), new TreeMap<>(byReference)), way.key))
        .isEqualTo(LAYER);

    ReferenceTool.Sealed theirs = reference.encrypt(LAYER, List.of("jwe:p256.pub"));
    Map<String, String> added =
        LayerKeys.add(
            theirs.annotations(), keys.keys("p256.key"), keys.recipients(way.ourRecipient));
    Map<String, String> exchanged =
        LayerKeys.rewrap(
            theirs.annotations(), keys.keys("p256.key"), keys.recipients(way.ourRecipient));
    for (Map<String, String> annotations : List.of(added, exchanged)) {
      assertThat(
              reference.decrypt(
                  new ReferenceTool.Sealed(theirs.bytes(), new TreeMap<>(annotations)),
                  List.of(way.key),
                  way.certificates))
          .isEqualTo(LAYER);
    }
  }

  @Test
  void emptyAndTinyLayersPassBothWays() throws IOException {
    for (int size : new int[] {0, 1, 10 << 10, (10 << 10) + 1}) {
      byte[] layer = layer(size);
      Way way = jwe("p256");
      assertThat(reference.decrypt(encrypt(layer, List.of(way)), List.of(way.key), List.of()))
          .isEqualTo(layer);
      assertThat(decrypt(reference.encrypt(layer, List.of(way.recipient)), way.key))
          .isEqualTo(layer);
    }
  }

  @Test
  void theReferenceFindsAChangedByteToo() throws IOException {
    ReferenceTool.Sealed sealed = encrypt(LAYER, List.of(jwe("p256")));
    sealed.bytes()[LAYER.length / 2] ^= 1;
    assertThatThrownBy(() -> reference.decrypt(sealed, List.of("p256.key"), List.of()))
        .hasMessageContaining("could not properly decrypt byte stream");
  }

  @Test
  void privateKeysOfThePkcs1FormOpenTheReferencesLayers() throws IOException {
    ReferenceTool.Sealed sealed = reference.encrypt(LAYER, List.of("jwe:rsa.pub"));
    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) SampleKeys.RSA.getPrivate();
    keys.put("rsa.pkcs1", SampleKeys.pem("RSA PRIVATE KEY", SampleKeys.pkcs1(rsa)));
    assertThat(decrypt(sealed, "rsa.pkcs1")).isEqualTo(LAYER);
    reference.put("rsa.pkcs1", keys.read("rsa.pkcs1"));
    assertThat(reference.decrypt(sealed, List.of("rsa.pkcs1"), List.of())).isEqualTo(LAYER);
  }

  @ParameterizedTest
  @CsvSource({"default, RSA", "future-default, ECDH"})
  void keysOfGpgOpenLayersOnAllSides(String kind, String shown)
      throws IOException, InterruptedException {
    String mail = "keys@example.org";
    Path home = Files.createDirectory(folder.resolve("gpg"));
    try (Gpg gpg = new Gpg(home)) {
      gpg.generate(mail, kind);
      keys.put("ring.gpg", gpg.publicKey(mail)).put("secret.asc", gpg.armoredSecretKey(mail));
      reference.put("ring.gpg", keys.read("ring.gpg"));
      reference.put("secret.asc", gpg.secretKey(mail)); // it knows no armor
      Way way = new Way("pgp:" + mail, "pgp:ring.gpg", "secret.asc:" + Gpg.PASSWORD, List.of());

      ReferenceTool.Sealed ours = encrypt(LAYER, List.of(way));
      assertThat(reference.decrypt(ours, List.of(way.key), List.of())).isEqualTo(LAYER);
      assertThat(decrypt(reference.encrypt(LAYER, List.of(way.recipient)), way.key))
          .isEqualTo(LAYER);

      assertThat(LayerKeys.inspect(ours.annotations()).getFirst().recipients().getFirst())
          .endsWith(shown);
      Path packet = folder.resolve("packet");
      Files.write(
          packet, Base64.getDecoder().decode(ours.annotations().get(Scheme.PGP.annotation())));
      assertThat(new String(gpg.decrypt(packet), StandardCharsets.US_ASCII))
          .contains(Digest.of(LAYER).toString());
    }
  }
}
