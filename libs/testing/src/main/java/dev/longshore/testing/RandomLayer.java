package dev.longshore.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;

/** Layers of a few files, half text that compresses and half random bytes that do not. */
public final class RandomLayer {
  private RandomLayer() {}

  /** A tar of about that many bytes of files, with directories and a symbolic link. */
  public static byte[] tar(RandomGenerator random, int bytes) {
    var tar = new Tar().directory("app/").directory("app/data/");
    int left = bytes;
    for (int i = 0; left > 0; i++) {
      int size = Math.min(left, 1 + random.nextInt(Math.max(1, bytes / 2)));
      byte[] content = random.nextBoolean() ? noise(random, size) : words(random, size);
      tar.file("app/data/file-%d-%d".formatted(i, random.nextInt(1_000)), content);
      left -= size;
    }
    return tar.symlink("app/current", "data").bytes();
  }

  /** Compresses as {@code gzip -6} does, without a time stamp. */
  public static byte[] gzip(byte[] content) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return out.toByteArray();
  }

  private static byte[] noise(RandomGenerator random, int size) {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return content;
  }

  private static byte[] words(RandomGenerator random, int size) {
    var text = new StringBuilder(size + 16);
    while (text.length() < size) {
      text.append("word").append(random.nextInt(100)).append(random.nextInt(10) == 0 ? '\n' : ' ');
    }
    return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
  }
}
