package dev.longshore.bench.scale;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A layer of any size that is on no disk: it is made while it is sent. */
record GeneratedLayer(Content content, Descriptor descriptor) {
  private static final int LEAF = 262_144;
  private static final int FILE = 1 << 20;

  /** Of a small file, such as packages have by the hundred thousand. */
  private static final int SMALL_FILE = 512;

  /** Of a file's bytes those that repeat: libdeflate makes 60 % of it. */
  private static final int REPEATED_OF = 4;

  /** Always the same bytes. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** No tar, and no two leaves the same. */
  static GeneratedLayer random(long seed, long size) throws IOException {
    byte[] leaf = new byte[LEAF];
    new SplittableRandom(seed).nextBytes(leaf);
    return of(
        out -> {
          byte[] own = leaf.clone();
          for (long at = 0; at < size; at += LEAF) {
            ByteBuffer.wrap(own).putLong(at);
            out.write(own, 0, (int) Math.min(LEAF, size - at));
          }
        });
  }

  /** A tar of files of 1 MiB that can be packed a little, no two the same. */
  static GeneratedLayer tar(long seed, long size) throws IOException {
    byte[] content = packable(seed, FILE);
    return of(
        out -> writeTar(content, size / FILE, i -> "data/%02d/%06d".formatted(i % 100, i), out));
  }

  /** A tar of so many short files, no two the same. */
  static GeneratedLayer ofFiles(long seed, int files) throws IOException {
    byte[] content = packable(seed, SMALL_FILE);
    return of(
        out ->
            writeTar(
                content,
                files,
                i -> "usr/lib/packages/package-%04d/module-%06d.py".formatted(i / 500, i),
                out));
  }

  private static byte[] packable(long seed, int size) {
    byte[] content = new byte[size];
    var random = new SplittableRandom(seed);
    for (int at = 0; at < size; at++) {
      content[at] = (byte) (at % REPEATED_OF == 0 ? 'a' : random.nextInt(64));
    }
    return content;
  }

  private static void writeTar(
      byte[] content, long files, LongFunction<String> name, OutputStream out) throws IOException {
    byte[] own = content.clone();
    var unclosed =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            flush();
          }
        };
    try (var tar = new TarArchiveOutputStream(unclosed, StandardCharsets.UTF_8.name())) {
      for (long i = 0; i < files; i++) {
        var entry = new TarArchiveEntry(name.apply(i));
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        ByteBuffer.wrap(own).putLong(i);
        tar.write(own);
        tar.closeArchiveEntry();
      }
    }
  }

  private static GeneratedLayer of(Content content) throws IOException {
    var counted = new Counted();
    try (var hashing = new DigestOutputStream(counted, Digest.Algorithm.SHA256.newHash())) {
      content.writeTo(hashing);
      Digest digest = Digest.finish(Digest.Algorithm.SHA256, hashing.getMessageDigest());
      return new GeneratedLayer(
          content, new Descriptor(MediaType.OCI_LAYER, digest, counted.bytes));
    }
  }

  private static final class Counted extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] written, int offset, int length) {
      bytes += length;
    }
  }
}
