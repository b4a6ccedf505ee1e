package dev.longshore.bench.image;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes layers into the blobs of an image layout. */
final class LayerWriter {
  private static final int FILE_BYTES = 1 << 20;
  private static final int BUFFER = 256 * 1024;
  private static final String[] WORDS = {
    "anchor", "ballast", "berth", "cargo", "crane", "dock", "harbour", "keel", "ledger", "manifest"
  };
  private final Path blobs;

  LayerWriter(Path blobs) {
    this.blobs = blobs;
  }

  /**
   * A layer as it was written.
   *
   * @param diffId digest of the tar in it
   */
  record Written(Descriptor blob, Digest diffId) {}

  Written write(LayerSpec spec) throws IOException {
    return write(spec.texture() == LayerSpec.Texture.TEXT, tar -> files(spec, tar));
  }

  /** A layer, packed with gzip, of this machine's files. */
  Written write(FileTar files) throws IOException {
    return write(true, files::writeTo);
  }

  /** Puts entries into a tar. */
  @FunctionalInterface
  private interface Entries {
    void writeTo(TarArchiveOutputStream tar) throws IOException;
  }

  private Written write(boolean gzip, Entries entries) throws IOException {
    Path temporary = blobs.resolve("layer.part");
    MessageDigest blobHash = Digest.Algorithm.SHA256.newHash();
    MessageDigest tarHash = Digest.Algorithm.SHA256.newHash();
    try (OutputStream file =
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER), blobHash);
        OutputStream packed = gzip ? new GZIPOutputStream(file, BUFFER) : file;
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(
                new DigestOutputStream(packed, tarHash), StandardCharsets.UTF_8.name())) {
      entries.writeTo(tar);
    }
    Digest digest = Digest.finish(Digest.Algorithm.SHA256, blobHash);
    String mediaType = gzip ? MediaType.OCI_LAYER_GZIP : MediaType.OCI_LAYER;
    Descriptor blob = new Descriptor(mediaType, digest, Files.size(temporary));
    Files.move(temporary, blobs.resolve(digest.hex()), StandardCopyOption.REPLACE_EXISTING);
    return new Written(blob, Digest.finish(Digest.Algorithm.SHA256, tarHash));
  }

  private static void files(LayerSpec spec, TarArchiveOutputStream tar) throws IOException {
    SplittableRandom random = new SplittableRandom(spec.seed());
    long left = spec.bytes();
    for (int i = 0; left > 0; i++) {
      int size = (int) Math.min(left, FILE_BYTES);
      TarArchiveEntry entry = new TarArchiveEntry("data/%d/%05d".formatted(spec.seed(), i));
      entry.setSize(size);
      entry.setLastModifiedTime(FileTime.fromMillis(0));
      tar.putArchiveEntry(entry);
      tar.write(content(spec.texture(), random, size));
      tar.closeArchiveEntry();
      left -= size;
    }
  }

  private static byte[] content(LayerSpec.Texture texture, SplittableRandom random, int size) {
    return switch (texture) {
      case RANDOM -> {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        yield bytes;
      }
      case TEXT -> {
        StringBuilder text = new StringBuilder(size + WORDS.length);
        while (text.length() < size) {
          text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(100)).append(' ');
        }
        yield text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
      }
    };
  }
}
