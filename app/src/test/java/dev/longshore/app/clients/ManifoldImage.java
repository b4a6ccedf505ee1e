package dev.longshore.app.clients;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.SplitMix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image that runs, with files of every kind in two layers; the upper one hides some. */
final class ManifoldImage {
  /** What is to be seen of both layers: 5 folders, 12 files and links. */
  static final int FILES = 17;

  private static final String PROGRAM = "usr/bin/" + RunnableImage.PROGRAM;

  /** A hard link's header repeats what its file's says. */
  private static final int LARGE_MODE = 0640;

  private static final long SECONDS = 1_700_000_000;

  /** Version 2 of the attribute: permitted is {@code cap_net_bind_service}, bit 10. */
  private static final String CAPABILITY = "\1\0\0\2\0\4\0\0" + "\0".repeat(12);

  private ManifoldImage() {}

  /** Pushes it under the tag {@code v1}; the digest of its manifest. */
  static Digest push(InMemoryRegistry source, RepositoryName name)
      throws IOException, InterruptedException {
    List<byte[]> tars = List.of(lower(), upper());
    var layers = new ArrayList<Descriptor>();
    for (byte[] tar : tars) {
      byte[] layer = gzip(tar);
      source.pushBlob(name, layer);
      layers.add(Descriptor.of(MediaType.OCI_LAYER_GZIP, layer));
    }
    byte[] config =
        "{\"architecture\":\"%1$s\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/%2$s\",\"version\"],\"Labels\":{\"dev.longshore.prefetch\":\"%2$s\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%3$s\",\"%4$s\"]}}"
            .formatted(
                Platform.host().architecture(),
                PROGRAM,
                Digest.of(tars.getFirst()),
                Digest.of(tars.getLast()))
            .getBytes(StandardCharsets.UTF_8);
    source.pushBlob(name, config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            layers);
    Digest pushed = source.pushManifest(name, manifest.mediaType(), manifest.raw().bytes());
    source.tag(name, "v1", pushed);
    return pushed;
  }

  private static byte[] lower() throws IOException, InterruptedException {
    byte[] large = new byte[9 << 20];
    new SplitMix(5).nextBytes(large);
    var layer = new Layer();
    layer.put(entry("./", TarConstants.LF_DIR, 0755));
    layer.put(entry("./usr/", TarConstants.LF_DIR, 0755));
    layer.put(entry("./usr/bin/", TarConstants.LF_DIR, 0755));
    layer.put(entry("./tmp/", TarConstants.LF_DIR, 01777));
    layer.put(entry("./hidden/", TarConstants.LF_DIR, 0700));
    layer.put(entry("./replaced/", TarConstants.LF_DIR, 0755));
    layer.put(entry("./" + PROGRAM, TarConstants.LF_NORMAL, 0755), RunnableImage.programBytes());
    layer.put(entry("./usr/large", TarConstants.LF_NORMAL, LARGE_MODE), large);
    layer.put(link("./usr/again", TarConstants.LF_LINK, "./usr/large"));
    layer.put(link("./usr/symlink", TarConstants.LF_SYMLINK, "../tmp/none"));
    layer.put(entry("./usr/empty", TarConstants.LF_NORMAL, 0));
    layer.put(entry("./usr/setuid", TarConstants.LF_NORMAL, 04755), text("x"));
    layer.put(entry("./usr/fifo", TarConstants.LF_FIFO, 0600));
    TarArchiveEntry device = entry("./usr/null", TarConstants.LF_CHR, 0666);
    device.setDevMajor(1);
    device.setDevMinor(3);
    layer.put(device);
    TarArchiveEntry noted = entry("./usr/noted", TarConstants.LF_NORMAL, 0644);
    noted.addPaxHeader("SCHILY.xattr.user.note", "of a user");
    noted.addPaxHeader("SCHILY.xattr.security.capability", CAPABILITY);
    noted.setIds(3_000_000, 4_000_000);
    layer.put(noted, text("noted"));
    layer.put(
        entry("./usr/" + "n".repeat(200) + "gr\u00fc\u00dfe", TarConstants.LF_NORMAL, 0644),
        text("y"));
    layer.put(entry("./hidden/old", TarConstants.LF_NORMAL, 0644), text("old"));
    layer.put(entry("./replaced/file", TarConstants.LF_NORMAL, 0644), text("old"));
    layer.put(entry("./gone", TarConstants.LF_NORMAL, 0644), text("gone"));
    return layer.end();
  }

  private static byte[] upper() throws IOException {
    var layer = new Layer();
    layer.put(entry("./", TarConstants.LF_DIR, 0755));
    layer.put(entry("./hidden/", TarConstants.LF_DIR, 0711));
    layer.put(entry("./hidden/.wh..wh..opq", TarConstants.LF_NORMAL, 0));
    layer.put(entry("./hidden/new", TarConstants.LF_NORMAL, 0644), text("new"));
    layer.put(entry("./replaced/", TarConstants.LF_DIR, 0755));
    layer.put(entry("./replaced/file", TarConstants.LF_NORMAL, 0600), text("new"));
    layer.put(entry("./.wh.gone", TarConstants.LF_NORMAL, 0));
    return layer.end();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TarArchiveEntry entry(String name, byte type, int mode) {
    var entry = new TarArchiveEntry(name, type);
    entry.setMode(mode);
    entry.setIds(5, 6);
    entry.setModTime(FileTime.from(SECONDS, TimeUnit.SECONDS));
    return entry;
  }

  private static TarArchiveEntry link(String name, byte type, String target) {
    TarArchiveEntry entry = entry(name, type, type == TarConstants.LF_LINK ? LARGE_MODE : 0777);
    entry.setLinkName(target);
    return entry;
  }

  private static byte[] gzip(byte[] tar) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(tar);
    }
    return out.toByteArray();
  }

  /** A tar that is being written. */
  private static final class Layer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    Layer() {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    void put(TarArchiveEntry entry) throws IOException {
      put(entry, new byte[0]);
    }

    void put(TarArchiveEntry entry, byte[] content) throws IOException {
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }

    byte[] end() throws IOException {
      tar.close();
      return bytes.toByteArray();
    }
  }
}
