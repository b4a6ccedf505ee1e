package dev.longshore.app.demo;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * An image layer of files of this machine: the same files give the same bytes.
 *
 * @param blob as a registry has it
 * @param diffId digest of its tar
 */
record TarLayer(Descriptor blob, Digest diffId) {
  private static final int FILE_MODE = 0100644;
  private static final int PROGRAM_MODE = 0100755;
  private static final int FOLDER_MODE = 040755;
  private static final int BUFFER = 256 * 1024;

  /** How a layer is stored. */
  enum Form {
    /** For files that are compressed already, such as jars. */
    PLAIN(MediaType.OCI_LAYER),
    GZIP(MediaType.OCI_LAYER_GZIP);

    private final String mediaType;

    Form(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  /**
   * Writes the layer.
   *
   * @param files by their paths in the image, which begin with no slash
   */
  static TarLayer write(Path file, Form form, SortedMap<String, Path> files) throws IOException {
    MessageDigest stored = Digest.Algorithm.SHA256.newHash();
    MessageDigest plain = Digest.Algorithm.SHA256.newHash();
    try (OutputStream blob = new DigestOutputStream(Files.newOutputStream(file), stored);
        OutputStream out = new BufferedOutputStream(compressed(blob, form), BUFFER);
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(
                new DigestOutputStream(out, plain), StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      Set<String> folders = new HashSet<>();
      for (Map.Entry<String, Path> each : files.entrySet()) {
        folders(tar, each.getKey(), folders);
        boolean isProgram = Files.isExecutable(each.getValue());
        TarArchiveEntry entry =
            entry(each.getKey(), TarConstants.LF_NORMAL, isProgram ? PROGRAM_MODE : FILE_MODE);
        entry.setSize(Files.size(each.getValue()));
        tar.putArchiveEntry(entry);
        Files.copy(each.getValue(), tar);
        tar.closeArchiveEntry();
      }
    }
    Digest digest = Digest.finish(Digest.Algorithm.SHA256, stored);
    return new TarLayer(
        new Descriptor(form.mediaType, digest, Files.size(file)),
        Digest.finish(Digest.Algorithm.SHA256, plain));
  }

  private static OutputStream compressed(OutputStream blob, Form form) throws IOException {
    if (form == Form.PLAIN) {
      return blob;
    }
    GzipParameters parameters = new GzipParameters();
    parameters.setCompressionLevel(Deflater.BEST_SPEED);
    return new GzipCompressorOutputStream(new BufferedOutputStream(blob, BUFFER), parameters);
  }

  private static void folders(TarArchiveOutputStream tar, String path, Set<String> known)
      throws IOException {
    int slash = path.indexOf('/');
    while (slash >= 0) {
      String folder = path.substring(0, slash + 1);
      if (known.add(folder)) {
        tar.putArchiveEntry(entry(folder, TarConstants.LF_DIR, FOLDER_MODE));
        tar.closeArchiveEntry();
      }
      slash = path.indexOf('/', slash + 1);
    }
  }

  private static TarArchiveEntry entry(String name, byte type, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setMode(mode);
    entry.setLastModifiedTime(FileTime.fromMillis(0));
    entry.setIds(0, 0);
    entry.setNames("", "");
    return entry;
  }
}
