package dev.longshore.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads secrets from files. */
final class SecretReader {
  /** Longer than any token or key, to detect a wrong file early. */
  static final int LONGEST = 64 * 1024;

  private SecretReader() {}

  /**
   * The file's text without a final newline.
   *
   * @throws IllegalArgumentException when there is no such file, or its content is not a secret
   */
  static String text(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (NoSuchFileException absent) {
      throw new IllegalArgumentException("there is no file " + file, absent);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "cannot read " + file + ": " + unreadable.getClass().getSimpleName(), unreadable);
    }
    if (bytes.length > LONGEST) {
      throw new IllegalArgumentException(file + " is longer than " + LONGEST + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      throw new IllegalArgumentException(file + " is not UTF-8 text", binary);
    }
    String secret =
        text.endsWith("\r\n")
            ? text.substring(0, text.length() - 2)
            : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (secret.isEmpty()) {
      throw new IllegalArgumentException(file + " is empty");
    }
    if (secret.indexOf('\n') >= 0 || secret.indexOf('\r') >= 0) {
      throw new IllegalArgumentException(file + " has more than one line");
    }
    return secret;
  }
}
