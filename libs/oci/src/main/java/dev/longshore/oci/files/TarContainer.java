package dev.longshore.oci.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** An uncompressed tar on disk, indexed once; contents are read in place. */
final class TarContainer implements Container, Closeable {
  /** Entries; a saved image has three for each layer. */
  static final int MAX_ENTRIES = 100_000;

  /** Bytes of one entry's headers with its long names and PAX records. */
  private static final int MAX_HEADER = 1024 * 1024;

  /** Limit of links to follow; {@code docker save} uses one. */
  private static final int MAX_LINKS = 8;

  private static final int BLOCK = 512;

  private sealed interface Entry {
    record File(long position, long size) implements Entry {}

    record Link(String target) implements Entry {}
  }

  private final FileChannel channel;
  private final Map<String, Entry> entries;

  private TarContainer(FileChannel channel, Map<String, Entry> entries) {
    this.channel = channel;
    this.entries = entries;
  }

  /**
   * Indexes the tar.
   *
   * @throws IOException if it cannot be read or is not a tar
   */
  static TarContainer open(Path tar) throws IOException {
    FileChannel channel = FileChannel.open(tar);
    try {
      return new TarContainer(channel, index(channel));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Map<String, Entry> index(FileChannel channel) throws IOException {
    var entries = new HashMap<String, Entry>();
    long size = channel.size();
    long header = 0;
    for (int count = 0; header < size; count++) {
      if (count >= MAX_ENTRIES) {
        throw new IOException("more than " + MAX_ENTRIES + " entries");
      }
      var stream = new ChannelStream(channel, header, Math.min(size, header + MAX_HEADER));
      TarArchiveEntry entry = next(stream);
      if (entry == null) {
        return entries;
      }
      long data = stream.position();
      long length = entry.getSize();
      if (length < 0 || length > size - data) {
        throw new IOException("the tar is cut off in " + entry.getName());
      }
      add(entries, entry, data);
      header = data + (length + BLOCK - 1) / BLOCK * BLOCK;
    }
    return entries;
  }

  private static @Nullable TarArchiveEntry next(ChannelStream stream) throws IOException {
    try {
      // A new reader for each entry, because it would skip contents by reading them.
      return new TarArchiveInputStream(stream).getNextEntry();
    } catch (RuntimeException e) {
      // The library throws unchecked exceptions of several kinds for damaged headers.
      throw new IOException("a tar header is damaged", e);
    }
  }

  private static void add(Map<String, Entry> entries, TarArchiveEntry entry, long data)
      throws IOException {
    if (entry.isSparse()) {
      throw new IOException("it has a sparse entry: " + entry.getName());
    }
    String name = normal(entry.getName());
    if (entry.isSymbolicLink()) {
      int slash = name.lastIndexOf('/');
      String folder = slash < 0 ? "" : name.substring(0, slash + 1);
      entries.put(name, new Entry.Link(normal(folder + entry.getLinkName())));
    } else if (entry.isLink()) {
      entries.put(name, new Entry.Link(normal(entry.getLinkName())));
    } else if (entry.isFile()) {
      entries.put(name, new Entry.File(data, entry.getSize()));
    }
  }

  /** A path without dots; parts above the root stay at the root. */
  private static String normal(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  @Override
  public Optional<FileContent> find(String path) {
    String name = normal(path);
    for (int links = 0; links <= MAX_LINKS; links++) {
      switch (entries.get(name)) {
        case null -> {
          return Optional.empty();
        }
        case Entry.File file -> {
          return Optional.of(new TarContent(channel, file.position(), file.size()));
        }
        case Entry.Link link -> name = link.target();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private record TarContent(FileChannel channel, long position, long size) implements FileContent {
    @Override
    public InputStream open(long offset) {
      return new ChannelStream(channel, position + offset, position + size);
    }
  }
}
