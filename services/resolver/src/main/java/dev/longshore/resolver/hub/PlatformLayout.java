package dev.longshore.resolver.hub;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.reader.DirectoryEntry;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layout of an image with what some platforms need alone: the same index, and of what it names
 * the entries for these platforms and those without one. Its directories are new, and its files
 * those of the whole layout.
 *
 * @param root of its directories
 * @param directories their blocks
 * @param blobs number of its manifests, configs and layers, as the source has them
 * @param bytes sum of their sizes
 */
record PlatformLayout(Cid root, Map<Cid, byte[]> directories, int blobs, long bytes) {
  /** Longest wait for a block: a site waits for the answer. */
  private static final Duration BLOCK = Duration.ofSeconds(5);

  /** Levels of nested indexes, of which the converter makes fewer. */
  private static final int NESTING = 8;

  private static final int DESCRIPTOR_BYTES = 64 * 1024;
  private static final String BLOBS = "blobs";

  /** Names the IPFS-enabled form of the image. */
  private static final String ROOT_FILE = "longshore-root.json";

  PlatformLayout {
    directories = Map.copyOf(directories);
  }

  /**
   * Reads the manifests of a whole layout.
   *
   * @return empty if it has nothing for other platforms, or is no layout of ours
   * @throws IOException when they cannot be read now
   */
  static Optional<PlatformLayout> of(Cid whole, List<Platform> platforms, BlockSource source)
      throws IOException {
    try {
      return new Cut(DagReader.withMemory(source, BLOCK), whole, platforms).layout();
    } catch (BadBlockException e) {
      throw new IOException("image DAG " + whole + ": " + e.getMessage(), e);
    } catch (IpfsDataException | OciFormatException e) {
      return Optional.empty();
    }
  }

  private static final class Cut {
    private final DagReader reader;
    private final Cid whole;
    private final List<Platform> platforms;
    private final Map<Digest, DirectoryEntry> blobs = new HashMap<>();
    private final Map<Digest, DirectoryEntry> kept = new HashMap<>();
    private long bytes;

    private Cut(DagReader reader, Cid whole, List<Platform> platforms) {
      this.reader = reader;
      this.whole = whole;
      this.platforms = platforms;
    }

    private Optional<PlatformLayout> layout() throws IOException {
      for (DirectoryEntry folder : reader.list(reader.resolve(whole, BLOBS))) {
        Digest.Algorithm algorithm =
            Arrays.stream(Digest.Algorithm.values())
                .filter(each -> each.prefix().equals(folder.name()))
                .findFirst()
                .orElseThrow(() -> new OciFormatException("blobs/" + folder.name()));
        for (DirectoryEntry blob : reader.list(folder.cid())) {
          blobs.put(new Digest(algorithm, blob.name()), blob);
        }
      }
      byte[] index = reader.read(reader.resolve(whole, "index.json"), DESCRIPTOR_BYTES);
      keep(Manifest.parse(index, MediaType.OCI_INDEX).children().getFirst(), 0);
      int number = kept.size();
      long size = bytes;
      keep(Descriptor.parse(reader.read(reader.resolve(whole, ROOT_FILE), DESCRIPTOR_BYTES)), 0);
      return kept.size() == blobs.size() ? Optional.empty() : Optional.of(written(number, size));
    }

    private void keep(Descriptor descriptor, int level) throws IOException {
      DirectoryEntry blob = blobs.get(descriptor.digest());
      if (blob == null || kept.putIfAbsent(descriptor.digest(), blob) != null) {
        return;
      }
      bytes += descriptor.size();
      if (!MediaType.isManifest(descriptor.mediaType())) {
        return;
      }
      if (level > NESTING) {
        throw new OciFormatException("index: more than " + NESTING + " levels");
      }
      byte[] json = reader.read(blob.cid(), Manifest.MANIFEST_LIMIT);
      switch (Manifest.parse(json, descriptor.mediaType())) {
        case ImageIndex its -> {
          for (Descriptor entry : its.entriesFor(platforms)) {
            keep(entry, level + 1);
          }
        }
        case ImageManifest its -> {
          for (Descriptor part : its.children()) {
            // Config and layers are no manifests, whatever their media types.
            keep(part.withMediaType(MediaType.OCTET_STREAM), level + 1);
          }
        }
      }
    }

    private PlatformLayout written(int number, long size) throws IOException {
      DirectoryTree tree = new DirectoryTree();
      for (DirectoryEntry entry : reader.list(whole)) {
        if (!entry.name().equals(BLOBS)) {
          tree.put(entry.name(), link(entry));
        }
      }
      kept.forEach(
          (digest, blob) ->
              tree.put(BLOBS + "/" + digest.algorithm().prefix() + "/" + digest.hex(), link(blob)));
      Map<Cid, byte[]> directories = new HashMap<>();
      DagLink root =
          tree.write(
              (cid, buffer, offset, length) ->
                  directories.put(cid, Arrays.copyOfRange(buffer, offset, offset + length)));
      return new PlatformLayout(root.cid(), directories, number, size);
    }

    private static DagLink link(DirectoryEntry entry) {
      // A directory has neither the size of its files nor the number of their blocks.
      return new DagLink(entry.cid(), 0, entry.dagSize(), 1);
    }
  }
}
