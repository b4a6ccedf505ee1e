package dev.longshore.resolver.content;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder of verified blobs, one file per digest, bounded in bytes: the least recently used goes
 * first. Unfinished files count with their full size.
 */
public final class BlobCache {
  private static final String UNFINISHED = ".part";

  private final Path folder;
  private final long capacity;
  private final InstantSource clock;
  private final LinkedHashMap<Digest, Long> sizes = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<Digest, Verified> verified = new HashMap<>();
  private long stored;
  private long reserved;
  private long parts;

  /**
   * Takes over the files of an earlier run.
   *
   * @param capacity bytes of all files together; 0 keeps nothing
   */
  public BlobCache(Path folder, long capacity, InstantSource clock) throws IOException {
    this.folder = folder;
    this.capacity = capacity;
    this.clock = clock;
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      Files.createDirectories(folder.resolve(algorithm.prefix()));
    }
    load();
    makeRoom();
  }

  /** Opens a blob of exactly that size, if it is there. */
  synchronized Optional<CachedBlob> open(Digest digest, long size) throws IOException {
    Long known = sizes.get(digest);
    if (known == null || known != size) {
      return Optional.empty();
    }
    Path file = file(digest);
    try {
      FileChannel channel = FileChannel.open(file);
      if (channel.size() == size) {
        return Optional.of(use(digest, file, channel));
      }
      channel.close();
    } catch (NoSuchFileException e) {
      // Someone emptied the folder: no reason to stop serving.
    }
    drop(digest);
    return Optional.empty();
  }

  private CachedBlob use(Digest digest, Path file, FileChannel channel) throws IOException {
    Instant now = clock.instant();
    Verified known = verified.get(digest);
    if (known != null && known.holds(FileState.of(file), now)) {
      if (known.isUsedLongBefore(now)) {
        verified.put(digest, known.usedNow(touch(file, now), now));
      }
      return new CachedBlob(channel, known.state(), true);
    }
    verified.remove(digest);
    return new CachedBlob(channel, FileState.of(file), false);
  }

  /** Sets the time that the next start orders the files by. */
  private static FileState touch(Path file, Instant now) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(now));
    return FileState.of(file);
  }

  /** Records that a file's bytes, in the state in which it was opened, are right. */
  synchronized void found(Digest digest, FileState state) {
    if (sizes.containsKey(digest)) {
      // Mark it as used on its next use: a mark while it is hashed would change its state.
      // putIfAbsent, because the first result is as good as a later one.
      verified.putIfAbsent(digest, new Verified(state, clock.instant(), Instant.MIN));
    }
  }

  /** Whether the blob is there. */
  public synchronized boolean holds(Digest digest) {
    return sizes.containsKey(digest);
  }

  /** Bytes of all finished files. */
  public synchronized long bytes() {
    return stored;
  }

  /**
   * Makes room for a blob.
   *
   * @return the path to write to; empty if the blob does not fit together with unfinished files
   */
  synchronized Optional<Path> reserve(Digest digest, long size) throws IOException {
    if (capacity == 0 || reserved + size > capacity) {
      return Optional.empty();
    }
    reserved += size;
    try {
      makeRoom();
    } catch (IOException e) {
      reserved -= size;
      throw e;
    }
    parts++;
    return Optional.of(
        folder.resolve(digest.algorithm().prefix(), digest.hex() + "." + parts + UNFINISHED));
  }

  /** Adds a reserved file after it was written and verified. */
  synchronized void commit(Path part, Digest digest, long size) throws IOException {
    Files.move(
        part, file(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    reserved -= size;
    Long before = sizes.put(digest, size);
    verified.remove(digest);
    found(digest, FileState.of(file(digest)));
    stored += size - (before == null ? 0 : before);
  }

  /** Releases a reservation whose file failed. */
  synchronized void abandon(Path part, long size) throws IOException {
    reserved -= size;
    Files.deleteIfExists(part);
  }

  /** Removes a blob, such as one that no longer hashes to its digest. */
  public synchronized void drop(Digest digest) throws IOException {
    Long size = sizes.remove(digest);
    verified.remove(digest);
    if (size != null) {
      stored -= size;
      Files.deleteIfExists(file(digest));
    }
  }

  private void makeRoom() throws IOException {
    Iterator<Map.Entry<Digest, Long>> oldest = sizes.entrySet().iterator();
    while (stored + reserved > capacity && oldest.hasNext()) {
      Map.Entry<Digest, Long> entry = oldest.next();
      Files.deleteIfExists(file(entry.getKey()));
      verified.remove(entry.getKey());
      stored -= entry.getValue();
      oldest.remove();
    }
  }

  private void load() throws IOException {
    List<Found> found = new ArrayList<>();
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder.resolve(algorithm.prefix()))) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          if (name.endsWith(UNFINISHED)) {
            Files.delete(file);
          } else if (name.length() == Digest.of(algorithm, new byte[0]).hex().length()) {
            found.add(Found.of(new Digest(algorithm, name), file));
          }
        }
      }
    }
    found.sort(Comparator.comparing(Found::used));
    for (Found blob : found) {
      sizes.put(blob.digest(), blob.size());
      stored += blob.size();
    }
  }

  private record Found(Digest digest, long size, FileTime used) {
    static Found of(Digest digest, Path file) throws IOException {
      return new Found(digest, Files.size(file), Files.getLastModifiedTime(file));
    }
  }

  private Path file(Digest digest) {
    return folder.resolve(digest.algorithm().prefix(), digest.hex());
  }
}
