package dev.longshore.bench.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;

/** An RSA key that layers are encrypted to; nobody has its private half. */
public final class RecipientKey {
  private static final int BITS = 2048;
  private static final int LINE = 64;

  private RecipientKey() {}

  /** Makes one; the recipient as {@code --recipient} takes it. */
  public static String write(Path folder) throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(BITS);
    byte[] key = generator.generateKeyPair().getPublic().getEncoded();
    String text = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key);
    Path file = folder.resolve("recipient.pem");
    Files.writeString(
        file,
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(text),
        StandardCharsets.US_ASCII);
    return "jwe:" + file;
  }
}
