package dev.longshore.resolver.hub.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  /** RFC 8032, 7.1, test 1: key, then public key. */
  private static final String PRIVATE =
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

  private static final String PUBLIC =
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  /** RFC 8410: what comes before the 32 bytes of either. */
  private static final String PKCS8 = "302e020100300506032b657004220420";

  private static final String SPKI = "302a300506032b6570032100";

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("keys").resolve("signing.pem");
  }

  private Path pem(String name, String kind, byte[] der) throws IOException {
    String text =
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(der));
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Path rfc(String name) throws IOException {
    return pem(name, "PRIVATE KEY", HexFormat.of().parseHex(PKCS8 + PRIVATE));
  }

  private static boolean verifies(SigningKey key, byte[] bytes, byte[] signed) throws Exception {
    String hex = HexFormat.of().formatHex(Base64.getUrlDecoder().decode(key.ed25519()));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(SPKI + hex))));
    signature.update(bytes);
    return signature.verify(signed);
  }

  @Test
  void thePublicKeyIsThatOfTheStandardAndItsIdTheBeginningOfItsHash() throws Exception {
    SigningKey key = SigningKeys.open(rfc("rfc.pem"), List.of()).current();

    assertThat(HexFormat.of().formatHex(Base64.getUrlDecoder().decode(key.ed25519())))
        .isEqualTo(PUBLIC);
    assertThat(key.id()).isEqualTo("21fe31dfa154a261");
  }

  @Test
  void aKeyIsMadeOnceForItsOwnerAloneAndSigns() throws Exception {
    SigningKeys made = SigningKeys.open(file(), List.of());
    byte[] bytes = "a line\n".getBytes(StandardCharsets.UTF_8);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(verifies(made.current(), bytes, made.sign(bytes))).isTrue();
    SigningKeys again = SigningKeys.open(file(), List.of());
    assertThat(again.published()).isEqualTo(made.published());
    assertThat(verifies(made.current(), bytes, again.sign(bytes))).isTrue();
    try (Stream<Path> left = Files.list(file().getParent())) {
      assertThat(left).containsExactly(file());
    }
  }

  @Test
  void ofManyWhoMakeItAtOnceAllHaveOne() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<SigningKey>> keys =
          threads.invokeAll(
              Stream.<Callable<SigningKey>>generate(
                      () -> () -> SigningKeys.open(file(), List.of()).current())
                  .limit(16)
                  .toList());
      SigningKey first = keys.getFirst().get();
      for (Future<SigningKey> key : keys) {
        assertThat(key.get()).isEqualTo(first);
      }
    }
  }

  @Test
  void sitesTrustTheOtherKeysTooWhoeverHasTheirPrivateParts() throws Exception {
    KeyPair next = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path nextPublic = pem("next.pem", "PUBLIC KEY", next.getPublic().getEncoded());
    Path nextPrivate = pem("mine.pem", "PRIVATE KEY", next.getPrivate().getEncoded());
    Path before = rfc("rfc.pem");

    SigningKeys now = SigningKeys.open(before, List.of(nextPublic));
    SigningKeys then = SigningKeys.open(nextPrivate, List.of(before, nextPublic));

    assertThat(then.current()).isEqualTo(now.published().get(1));
    assertThat(then.published()).containsExactlyElementsOf(now.published().reversed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"})
  void aFileWithoutSuchAKeyIsRefusedAndLeftAsItIs(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("x.pem"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> SigningKeys.open(file, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": no such key (expected: Ed25519 in PEM");
    assertThat(file).hasContent(content);
    assertThatThrownBy(() -> SigningKeys.open(file(), List.of(file)))
        .hasMessageContaining("no such key");
  }

  @Test
  void aKeyThatOthersCanReadOrThatOnlyVerifiesDoesNotSign() throws Exception {
    Path file = rfc("rfc.pem");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> SigningKeys.open(file, List.of()))
        .hasMessage(
            file
                + ": others can read or write this key, and so speak as the hub (expected: chmod"
                + " 600)");

    Path verifying = pem("public.pem", "PUBLIC KEY", HexFormat.of().parseHex(SPKI + PUBLIC));
    assertThatThrownBy(() -> SigningKeys.open(verifying, List.of()))
        .hasMessageContaining("no such key");
    assertThatThrownBy(() -> SigningKeys.open(file(), List.of(folder.resolve("absent"))))
        .hasMessageStartingWith("there is no file");
  }
}
