package dev.longshore.app.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;

/**
 * Pairs of keys in files, one for each scheme.
 *
 * @param publicKey of JWE
 * @param privateKey of JWE
 * @param certificate of PKCS#7
 * @param certificateKey of PKCS#7
 * @param pgpPublic of OpenPGP
 * @param pgpSecret of OpenPGP, without a password
 */
record ClusterKeys(
    Path publicKey,
    Path privateKey,
    Path certificate,
    Path certificateKey,
    Path pgpPublic,
    Path pgpSecret) {
  private static final int RSA_BITS = 2048;
  private static final int OPENPGP_VERSION = 4;
  private static final String STORE_PASSWORD = "changeit";

  static ClusterKeys make(Path folder) throws Exception {
    Files.createDirectories(folder);
    KeyPair keys = pair();
    KeyStore.PrivateKeyEntry entry = certificate(folder.resolve("store.p12"));
    OpenPGPKey pgp = pgp();
    return new ClusterKeys(
        write(folder, "public.pem", pem("PUBLIC KEY", keys.getPublic().getEncoded())),
        write(folder, "private.pem", pem("PRIVATE KEY", keys.getPrivate().getEncoded())),
        write(folder, "site.crt", pem("CERTIFICATE", entry.getCertificate().getEncoded())),
        write(folder, "site.key", pem("PRIVATE KEY", entry.getPrivateKey().getEncoded())),
        write(folder, "team.asc", pgp.toCertificate().toAsciiArmoredString()),
        // The reference knows no armor of secret keys.
        Files.write(folder.resolve("team.gpg"), pgp.getEncoded()));
  }

  /** What rules name. */
  List<String> recipients() {
    return List.of("jwe:" + publicKey, "pkcs7:" + certificate, "pgp:" + pgpPublic);
  }

  private static Path write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(RSA_BITS);
    return generator.generateKeyPair();
  }

  /** The JDK makes certificates by a program of its own alone. */
  private static KeyStore.PrivateKeyEntry certificate(Path store) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Tool program = new Tool(store.getParent(), Map.of(), List.of(keytool));
    program.run(
        "-genkeypair",
        "-keystore",
        store.toString(),
        "-storepass",
        STORE_PASSWORD,
        "-alias",
        "site",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=site,O=Longshore");
    char[] password = STORE_PASSWORD.toCharArray();
    KeyStore read = KeyStore.getInstance(store.toFile(), password);
    return (KeyStore.PrivateKeyEntry)
        read.getEntry("site", new KeyStore.PasswordProtection(password));
  }

  private static OpenPGPKey pgp() throws PGPException {
    return new BcOpenPGPApi()
        .generateKey(OPENPGP_VERSION)
        .withPrimaryKey(generator -> generator.generateRsaKeyPair(RSA_BITS))
        .addUserId("team <team@example.org>")
        .addEncryptionSubkey(generator -> generator.generateRsaKeyPair(RSA_BITS))
        .build();
  }

  static String pem(String what, byte[] der) {
    byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, lineEnd).encodeToString(der));
  }
}
