package dev.longshore.app.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/**
 * A pair of keys in files.
 *
 * @param publicKey for the converter
 * @param privateKey for those who may read
 */
record ClusterKeys(Path publicKey, Path privateKey) {
  static ClusterKeys make(Path folder) throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Files.createDirectories(folder);
    return new ClusterKeys(
        Files.writeString(
            folder.resolve("public.pem"), pem("PUBLIC KEY", keys.getPublic().getEncoded())),
        Files.writeString(
            folder.resolve("private.pem"), pem("PRIVATE KEY", keys.getPrivate().getEncoded())));
  }

  private static String pem(String what, byte[] der) {
    byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, lineEnd).encodeToString(der));
  }
}
