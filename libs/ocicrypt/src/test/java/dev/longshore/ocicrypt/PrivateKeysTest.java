package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrivateKeysTest {
  private static final byte[] P384 = Der.encoded(SECObjectIdentifiers.secp384r1);
  private static final String PBES2 = "PBEWithHmacSHA256AndAES_256";

  private final SampleKeys keys = SampleKeys.all();

  private boolean opens(KeyPair pair, String text) throws IOException {
    byte[] options = {1, 2, 3};
    JweRecipient to = new JweRecipient(JweAlgorithm.usualFor(pair.getPublic()), pair.getPublic());
    byte[] packet = Jwe.seal(List.of(to), options, new SecureRandom());
    try (PrivateKeys read = keys.keys(text)) {
      return JweReader.read(packet).open(read.keys()).isPresent();
    }
  }

  @Test
  void everyFormOfARsaKeyIsRead() throws IOException {
    PrivateKey rsa = SampleKeys.RSA.getPrivate();
    keys.put("pkcs8.der", rsa.getEncoded())
        .put("pkcs1.der", SampleKeys.pkcs1(rsa))
        .put("pkcs1.pem", SampleKeys.pem("RSA PRIVATE KEY", SampleKeys.pkcs1(rsa)))
        .put("jwk", SampleJwk.of(SampleKeys.RSA, JweAlgorithm.RSA_OAEP, true));
    for (String file : List.of("rsa.key", "pkcs8.der", "pkcs1.der", "pkcs1.pem", "jwk")) {
      assertThat(opens(SampleKeys.RSA, file)).as(file).isTrue();
    }
  }

  @Test
  void everyFormOfAnEcKeyIsRead() throws IOException {
    PrivateKey ec = SampleKeys.P384.getPrivate();
    byte[] sec1 =
        RawDer.write(
            RawDer.SEQUENCE,
            RawDer.integer(1),
            RawDer.write(
                RawDer.OCTET_STRING,
                EcCurve.P384.coordinate(((java.security.interfaces.ECPrivateKey) ec).getS())),
            RawDer.write(RawDer.CONTEXT, P384));
    keys.put("pkcs8.der", ec.getEncoded())
        .put("sec1.der", sec1)
        .put(
            "openssl.pem",
            SampleKeys.pem("EC PARAMETERS", P384) + SampleKeys.pem("EC PRIVATE KEY", sec1))
        .put("jwk", SampleJwk.of(SampleKeys.P384, JweAlgorithm.ECDH_ES_A256KW, true));
    for (String file : List.of("p384.key", "pkcs8.der", "sec1.der", "openssl.pem", "jwk")) {
      assertThat(opens(SampleKeys.P384, file)).as(file).isTrue();
    }
  }

  private static byte[] encrypted(PrivateKey key, String password, int rounds)
      throws GeneralSecurityException, IOException {
    Cipher cipher = Cipher.getInstance(PBES2);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(PBES2).generateSecret(new PBEKeySpec(password.toCharArray())),
        new PBEParameterSpec(new byte[16], rounds));
    return RawDer.write(
        RawDer.SEQUENCE,
        RawDer.write(
            RawDer.SEQUENCE,
            HexFormat.of().parseHex("06092a864886f70d01050d"), // PBES2
            cipher.getParameters().getEncoded()),
        RawDer.write(RawDer.OCTET_STRING, cipher.doFinal(key.getEncoded())));
  }

  @ParameterizedTest
  @ValueSource(strings = {":pass=sesame", ":sesame", ":file=password"})
  void aPasswordOpensEncryptedPkcs8(String password) throws IOException, GeneralSecurityException {
    byte[] der = encrypted(SampleKeys.P256.getPrivate(), "sesame", 2048);
    keys.put("password", "sesame\n")
        .put("locked.der", der)
        .put("locked.pem", SampleKeys.pem("ENCRYPTED PRIVATE KEY", der));
    assertThat(opens(SampleKeys.P256, "locked.der" + password)).isTrue();
    assertThat(opens(SampleKeys.P256, "locked.pem" + password)).isTrue();
    assertThatThrownBy(() -> keys.keys("locked.pem:pass=secret"))
        .hasMessage("key file locked.pem: it does not open with this password");
    assertThatThrownBy(() -> keys.keys("locked.pem"))
        .hasMessageContaining("put its password behind the path");
  }

  @Test
  void aPasswordThatIsHashedForHoursIsRefused() throws IOException, GeneralSecurityException {
    byte[] der = encrypted(SampleKeys.P256.getPrivate(), "sesame", 0x01_02_03);
    int at = new String(der, StandardCharsets.ISO_8859_1).indexOf("\u0002\u0003\u0001\u0002\u0003");
    der[at + 2] = 0x7F;
    keys.put("hours.der", der);
    assertThatThrownBy(() -> keys.keys("hours.der:pass=sesame"))
        .hasMessageContaining("its password is hashed more than");
  }

  /** As {@code openssl rsa -aes256 -traditional} writes it. */
  @Test
  void aPasswordOpensTheOldEncryptionOfPem() throws IOException, GeneralSecurityException {
    byte[] iv = new byte[16];
    byte[] salt = java.util.Arrays.copyOf(iv, 8);
    byte[] password = "sesame".getBytes(StandardCharsets.US_ASCII);
    java.security.MessageDigest md5 = java.security.MessageDigest.getInstance("MD5");
    md5.update(password);
    byte[] first = md5.digest(salt);
    md5.update(first);
    md5.update(password);
    byte[] second = md5.digest(salt);
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new javax.crypto.spec.SecretKeySpec(
            dev.longshore.testing.HostileInputs.joined(first, second), "AES"),
        new javax.crypto.spec.IvParameterSpec(iv));
    byte[] sealed = cipher.doFinal(SampleKeys.pkcs1(SampleKeys.RSA.getPrivate()));
    keys.put(
        "old.pem",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
            + "0".repeat(32)
            + "\n\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(sealed)
            + "\n-----END RSA PRIVATE KEY-----\n");
    assertThat(opens(SampleKeys.RSA, "old.pem:pass=sesame")).isTrue();
    assertThatThrownBy(() -> keys.keys("old.pem:pass=wrong")).isInstanceOf(OcicryptException.class);
    assertThatThrownBy(() -> keys.keys("old.pem")).hasMessageContaining("it is encrypted");
  }

  @Test
  void certificatesAreTakenAndNotNeeded() throws IOException {
    try (PrivateKeys read = keys.keys("rsa.key", "pkcs7:rsa.crt", "other.crt")) {
      assertThat(read).hasToString("1 private keys");
    }
  }

  @Test
  void whatIsNoPrivateKeyIsRefused() {
    keys.put("noise", "no key")
        .put("jwk", SampleJwk.of(SampleKeys.P256, JweAlgorithm.ECDH_ES_A256KW, false));
    assertThatThrownBy(() -> keys.keys("rsa.pub")).hasMessageContaining("it holds no private key");
    assertThatThrownBy(() -> keys.keys("jwk")).hasMessageContaining("it is a public key");
    keys.put("pub.der", SampleKeys.P256.getPublic().getEncoded());
    assertThatThrownBy(() -> keys.keys("pub.der")).hasMessageContaining("it is a public key");
    assertThatThrownBy(() -> keys.keys("noise")).hasMessageContaining("JSON Web Key");
  }

  @Test
  void keysThatWereReadAreNotKeptWhenALaterOneCannotBe() {
    try (PrivateKeys all = new PrivateKeys()) {
      assertThatThrownBy(() -> all.addFiles(List.of("rsa.key", "p384.key", "rsa.pub"), keys))
          .hasMessageContaining("it holds no private key");

      assertThat(all).hasToString("0 private keys");
      assertThat(all.keys()).isEmpty();
    }
  }

  /** Files of a person who knows the password, by heart or in a variable. */
  private record Person(SampleKeys files, String password, List<String> asked) implements KeyFiles {
    @Override
    public byte[] read(String path) throws IOException {
      return files.read(path);
    }

    @Override
    public byte[] variable(String name) {
      return name.equals("PASSWORD") ? password.getBytes(StandardCharsets.UTF_8) : new byte[0];
    }

    @Override
    public Optional<byte[]> ask(String path) {
      asked.add(path);
      return Optional.of(password.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aPasswordIsAskedForWhereNoneWasGivenAndOneIsNeeded()
      throws IOException, GeneralSecurityException {
    keys.put(
        "locked.pem",
        SampleKeys.pem(
            "ENCRYPTED PRIVATE KEY", encrypted(SampleKeys.P256.getPrivate(), "sesame", 2048)));
    Person person = new Person(keys, "sesame", new ArrayList<>());

    try (PrivateKeys read = PrivateKeys.parse(List.of("locked.pem", "rsa.key"), person)) {
      assertThat(read).hasToString("2 private keys");
    }
    assertThat(person.asked()).containsExactly("locked.pem");
    try (PrivateKeys read = PrivateKeys.parse(List.of("locked.pem:env=PASSWORD"), person)) {
      assertThat(read).hasToString("1 private keys");
    }
    assertThatThrownBy(() -> PrivateKeys.parse(List.of("locked.pem:pass=other"), person))
        .hasMessageContaining("does not open with this password");
    assertThat(person.asked()).hasSize(1);
    assertThatThrownBy(() -> keys.keys("locked.pem"))
        .hasMessageContaining("put its password behind the path");
  }
}
