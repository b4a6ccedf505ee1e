package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class JweTest {
  private static final byte[] OPTIONS = "the options".getBytes(StandardCharsets.US_ASCII);

  static Stream<Arguments> algorithms() {
    return Stream.of(JweAlgorithm.values())
        .flatMap(
            algorithm ->
                algorithm.isRsa()
                    ? Stream.of(Arguments.of(algorithm, SampleKeys.RSA))
                    : Stream.of(SampleKeys.P256, SampleKeys.P384, SampleKeys.P521)
                        .map(pair -> Arguments.of(algorithm, pair)));
  }

  private static byte[] seal(JweRecipient... to) {
    return Jwe.seal(List.of(to), OPTIONS, new SecureRandom());
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void everyAlgorithmOpensWhatItSealed(JweAlgorithm algorithm, KeyPair pair) throws IOException {
    byte[] packet = seal(new JweRecipient(algorithm, pair.getPublic()));
    assertThat(JweReader.read(packet).open(List.of(pair.getPrivate()))).hasValue(OPTIONS);
    assertThat(JweReader.read(packet).open(List.of(SampleKeys.OTHER_RSA.getPrivate()))).isEmpty();
  }

  @Test
  void eachOfSeveralRecipientsOpensIt() throws IOException {
    List<KeyPair> pairs =
        List.of(SampleKeys.RSA, SampleKeys.P256, SampleKeys.P384, SampleKeys.P521);
    byte[] packet =
        Jwe.seal(
            pairs.stream()
                .map(KeyPair::getPublic)
                .map(key -> new JweRecipient(JweAlgorithm.usualFor(key), key))
                .toList(),
            OPTIONS,
            new SecureRandom());
    Jwe jwe = JweReader.read(packet);
    for (KeyPair pair : pairs) {
      assertThat(jwe.open(List.of(pair.getPrivate()))).hasValue(OPTIONS);
    }
    assertThat(jwe.recipientTexts())
        .containsExactly(
            "RSA-OAEP, 2048 bit",
            "ECDH-ES+A256KW, P-256",
            "ECDH-ES+A256KW, P-384",
            "ECDH-ES+A256KW, P-521");
  }

  @Test
  void oneRecipientGivesTheFlattenedForm() {
    assertThat(text(seal(new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic()))))
        .startsWith(
            "{\"protected\":\""
                + Base64Text.urlText(
                    "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}"
                        .getBytes(StandardCharsets.US_ASCII))
                + "\",\"encrypted_key\":\"");
  }

  @Test
  void aKeyAtTheTopOfTheGeneralFormIsIgnoredAsGoJoseWritesIt() throws IOException {
    byte[] packet =
        seal(
            new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic()),
            new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.OTHER_RSA.getPublic()));
    String quirk = text(packet).replace(",\"iv\":", ",\"encrypted_key\":\"AAAA\",\"iv\":");
    assertThat(JweReader.read(bytes(quirk)).open(List.of(SampleKeys.OTHER_RSA.getPrivate())))
        .hasValue(OPTIONS);
  }

  @Test
  void theCompactFormIsRead() throws IOException {
    String json = text(seal(new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic())));
    String compact =
        String.join(
            ".",
            Stream.of("protected", "encrypted_key", "iv", "ciphertext", "tag")
                .map(name -> json.replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1"))
                .toList());
    assertThat(JweReader.read(bytes(compact)).open(List.of(SampleKeys.RSA.getPrivate())))
        .hasValue(OPTIONS);
  }

  @Test
  void aChangeOfWhatIsProtectedIsToldFromAWrongKey() {
    String json = text(seal(new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic())));
    for (String name : List.of("iv", "ciphertext", "tag")) {
      int at = json.indexOf("\"" + name + "\":\"") + name.length() + 4;
      char other = json.charAt(at) == 'A' ? 'B' : 'A';
      String changed = json.substring(0, at) + other + json.substring(at + 1);
      assertThatThrownBy(
              () -> JweReader.read(bytes(changed)).open(List.of(SampleKeys.RSA.getPrivate())))
          .isInstanceOfSatisfying(
              OcicryptException.class,
              e -> assertThat(e.kind()).isEqualTo(OcicryptException.Kind.CHANGED_ANNOTATION));
    }
  }

  /** RFC 7518, appendix C. */
  @Test
  void theAgreedKeyIsThatOfTheStandard() throws IOException, GeneralSecurityException {
    Jwk alice =
        jwk(
            "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
            "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
    Jwk bob =
        jwk(
            "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
            "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init((ECPrivateKey) alice.secret().orElseThrow());
    agreement.doPhase((ECPublicKey) bob.key(), true);
    byte[] key =
        dev.longshore.ocicrypt.KeyAgreement.concatKdf(
            agreement.generateSecret(), "A128GCM", 16, bytes("Alice"), bytes("Bob"));
    assertThat(Base64Text.urlText(key)).isEqualTo("VqqN6vgjbSBcIijNcacQGg");
  }

  private static Jwk jwk(String x, String y, String d) throws IOException {
    return Jwk.parse(
        "key",
        bytes(
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\",\"d\":\"%s\"}"
                .formatted(x, y, d)));
  }

  /** RFC 7518, appendix B.1: A128CBC-HS256. */
  @Test
  void contentOfCbcWithHmacIsRead() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    byte[] iv = hex("1af38c2dc2b96ffdd86694092341bc04");
    byte[] aad = bytes("The second principle of Auguste Kerckhoffs");
    byte[] ciphertext =
        hex(
            "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9"
                + "a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336"
                + "09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b"
                + "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5"
                + "4b8851ffb598f7f80074b9473c82e2db");
    byte[] tag = hex("652c3fa36b0a7c5b3219fab3a30bc1c4");
    Optional<byte[]> plain = ContentCipher.A128CBC_HS256.open(key, iv, aad, ciphertext, tag);
    assertThat(plain.map(JweTest::text))
        .hasValue(
            "A cipher system must not be required to be secret, and it must be able to fall into"
                + " the hands of the enemy without inconvenience");
    tag[0] ^= 1;
    assertThat(ContentCipher.A128CBC_HS256.open(key, iv, aad, ciphertext, tag)).isEmpty();
  }

  private static byte[] hex(String hex) {
    return java.util.HexFormat.of().parseHex(hex);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void aRecipientOfAnUnknownKindStandsInNobodysWay() throws IOException {
    String json =
        text(
            seal(
                new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic()),
                new JweRecipient(JweAlgorithm.ECDH_ES_A256KW, SampleKeys.P256.getPublic())));
    String unknown = json.replace("{\"alg\":\"RSA-OAEP\"}", "{\"alg\":\"HPKE-0\"}");
    assertThat(unknown).isNotEqualTo(json);

    Jwe jwe = JweReader.read(bytes(unknown));

    assertThat(jwe.open(List.of(SampleKeys.P256.getPrivate()))).hasValue(OPTIONS);
    assertThat(jwe.open(List.of(SampleKeys.RSA.getPrivate()))).isEmpty();
    assertThat(jwe.recipientTexts())
        .containsExactly("ECDH-ES+A256KW, P-256", "HPKE-0, not supported");
  }

  @Test
  void aCurveThatIsNotKnownStandsInNobodysWay() throws IOException {
    String json =
        text(
            seal(
                new JweRecipient(JweAlgorithm.ECDH_ES_A256KW, SampleKeys.P384.getPublic()),
                new JweRecipient(JweAlgorithm.ECDH_ES_A256KW, SampleKeys.P256.getPublic())));

    Jwe jwe = JweReader.read(bytes(json.replace("\"crv\":\"P-384\"", "\"crv\":\"X25519\"")));

    assertThat(jwe.open(List.of(SampleKeys.P256.getPrivate()))).hasValue(OPTIONS);
    assertThat(jwe.recipientTexts())
        .containsExactly(
            "ECDH-ES+A256KW, P-256", "ECDH-ES+A256KW on a curve that is not supported");
  }

  @Test
  void theKeyIdThatASenderGaveIsShown() throws IOException {
    String json =
        text(
            seal(
                new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.RSA.getPublic()),
                new JweRecipient(JweAlgorithm.RSA_OAEP, SampleKeys.OTHER_RSA.getPublic())));
    assertThat(
            JweReader.read(
                    bytes(
                        json.replaceFirst(
                            "\"alg\":\"RSA-OAEP\"", "\"alg\":\"RSA-OAEP\",\"kid\":\"alice\"")))
                .recipientTexts())
        .containsExactly("RSA-OAEP, 2048 bit, kid alice", "RSA-OAEP, 2048 bit");
  }
}
