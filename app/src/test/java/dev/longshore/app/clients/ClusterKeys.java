package dev.longshore.app.clients;

import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
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
public record ClusterKeys(
    Path publicKey,
    Path privateKey,
    Path certificate,
    Path certificateKey,
    Path pgpPublic,
    Path pgpSecret) {
  private static final int RSA_BITS = 2048;
  private static final String PGP_MAIL = "team@example.org";
  private static final String STORE_PASSWORD = "changeit";

  static ClusterKeys make(Path folder) throws Exception {
    Files.createDirectories(folder);
    Pair jwe = Pair.make(folder);
    KeyStore.PrivateKeyEntry entry = certificate(folder.resolve("store.p12"));
    Path pgpPublic = folder.resolve("team.asc");
    Path pgpSecret = folder.resolve("team.gpg");
    pgp(folder, pgpPublic, pgpSecret);
    return new ClusterKeys(
        jwe.publicKey(),
        jwe.privateKey(),
        write(folder, "site.crt", pem("CERTIFICATE", entry.getCertificate().getEncoded())),
        write(folder, "site.key", pem("PRIVATE KEY", entry.getPrivateKey().getEncoded())),
        pgpPublic,
        pgpSecret);
  }

  /** The two keys of JWE alone. */
  record Pair(Path publicKey, Path privateKey) {
    static Pair make(Path folder) throws Exception {
      Files.createDirectories(folder);
      KeyPair keys = pair();
      return new Pair(
          write(folder, "public.pem", pem("PUBLIC KEY", keys.getPublic().getEncoded())),
          write(folder, "private.pem", pem("PRIVATE KEY", keys.getPrivate().getEncoded())));
    }
  }

  /** Writes a recipient of JWE, whose private key nobody has. */
  public static Path writeRecipient(Path folder) throws Exception {
    return write(folder, "recipient.pem", pem("PUBLIC KEY", pair().getPublic().getEncoded()));
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
    Command program = Command.of(List.of(keytool)).in(store.getParent());
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
        "-keysize",
        Integer.toString(RSA_BITS),
        "-J-XX:TieredStopAtLevel=1",
        "-J-XX:+UseSerialGC",
        "-dname",
        "CN=site,O=Longshore");
    char[] password = STORE_PASSWORD.toCharArray();
    KeyStore read = KeyStore.getInstance(store.toFile(), password);
    return (KeyStore.PrivateKeyEntry)
        read.getEntry("site", new KeyStore.PasswordProtection(password));
  }

  /** By GnuPG, since what reads secret keys in nerdctl knows its files best. */
  private static void pgp(Path folder, Path certificate, Path secret) throws Exception {
    Path home = Files.createDirectory(folder.resolve("gnupg"));
    Command gpg =
        Tools.ofProject()
            .command(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--no-permission-warning",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "")
            .in(folder);
    try {
      gpg.run("--quick-generate-key", PGP_MAIL, "default", "default", "never");
      gpg.run("--output", certificate.toString(), "--armor", "--export", PGP_MAIL);
      // The reference knows no armor of secret keys.
      gpg.run("--output", secret.toString(), "--export-secret-keys", PGP_MAIL);
    } finally {
      Command.of(List.of("gpgconf", "--homedir", home.toString()))
          .in(folder)
          .run("--kill", "gpg-agent");
    }
  }

  static String pem(String what, byte[] der) {
    byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, lineEnd).encodeToString(der));
  }
}
