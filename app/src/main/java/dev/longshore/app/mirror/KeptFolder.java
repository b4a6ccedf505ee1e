package dev.longshore.app.mirror;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the contents of before are kept: {@code /etc/longshore/mirror/RUNTIME}, beside what they
 * belong to, so that a copy or a snapshot of {@code /etc} has both or neither. Its owner's alone,
 * as they may have secrets.
 */
final class KeptFolder {
  private static final String OURS = "/etc/longshore";
  static final String ALL = OURS + "/mirror";

  private static final String RECORD = "record.json";

  private final MachineRoot root;
  private final ContainerRuntime runtime;

  KeptFolder(MachineRoot root, ContainerRuntime runtime) {
    this.root = root;
    this.runtime = runtime;
  }

  /** Its path on the machine. */
  String path() {
    return ALL + "/" + runtime;
  }

  private Path folder() throws IOException {
    return root.at(path());
  }

  /** What is set; empty of files if nothing is. */
  MirrorRecord record() throws IOException, MirrorException {
    Path file = folder().resolve(RECORD);
    try {
      return MirrorRecord.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return MirrorRecord.NONE;
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new MirrorException(
          "%s is damaged; the contents of before are beside it, by their SHA-256".formatted(file),
          e);
    }
  }

  void keep(MirrorRecord record) throws IOException {
    DurableFile.replace(
        folder().resolve(RECORD), StoredFile.of(record.json(), StoredFile.FOR_OWNER));
  }

  void keep(StoredFile content) throws IOException {
    Path file = folder().resolve(content.hash());
    if (!Files.exists(file)) {
      DurableFile.replace(
          file, new StoredFile(content.bytes(), StoredFile.FOR_OWNER, ownUid(), ownGid()));
    }
  }

  private static int ownUid() throws IOException {
    return StoredFile.of("", 0).uid();
  }

  private static int ownGid() throws IOException {
    return StoredFile.of("", 0).gid();
  }

  /** A content that was kept. */
  StoredFile kept(MirrorRecord.Before before) throws IOException, MirrorException {
    byte[] bytes = bytes(before.sha256()).orElse(null);
    StoredFile content =
        bytes == null ? null : new StoredFile(bytes, before.mode(), before.uid(), before.gid());
    if (content == null || !content.hash().equals(before.sha256())) {
      throw new MirrorException(
          "%s/%s is missing or damaged: the content of before cannot be put back"
              .formatted(path(), before.sha256()));
    }
    return content;
  }

  Optional<byte[]> bytes(String hash) throws IOException {
    Path file = folder().resolve(hash);
    return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }

  /** Drops what the record does not name. */
  void tidy(MirrorRecord record) throws IOException {
    Set<String> named = new HashSet<>(Set.of(RECORD));
    for (MirrorRecord.Entry entry : record.files()) {
      named.addAll(entry.written());
      Optional.ofNullable(entry.before()).ifPresent(before -> named.add(before.sha256()));
    }
    for (Path file : files()) {
      if (!named.contains(String.valueOf(file.getFileName()))) {
        Files.delete(file);
      }
    }
  }

  private List<Path> files() throws IOException {
    Path folder = folder();
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /** Nothing is set any more: the record goes first, since without it the rest means nothing. */
  void delete() throws IOException {
    Files.deleteIfExists(folder().resolve(RECORD));
    for (Path file : files()) {
      Files.delete(file);
    }
    Files.deleteIfExists(folder());
  }

  /** Only one run at a time changes the machine. */
  final class Lock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private Lock(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    /** Leaves no folder behind in which nothing is. */
    @Override
    public void close() throws IOException {
      try (channel) {
        if (files().isEmpty()) {
          Files.deleteIfExists(folder());
        }
        try (Stream<Path> others = Files.list(root.at(ALL))) {
          if (others.allMatch(file::equals)) {
            Files.delete(file);
          }
        }
        Files.deleteIfExists(root.at(ALL));
        Files.deleteIfExists(root.at(OURS));
      } catch (FileSystemException e) {
        // Another runtime's, or the settings of Longshore; in a container it may be mounted there.
        return;
      }
    }
  }

  Lock lock() throws IOException, MirrorException {
    DurableFile.makeFolders(root.at(ALL));
    Files.setPosixFilePermissions(root.at(ALL), PosixFilePermissions.fromString("rwx------"));
    DurableFile.makeFolders(folder());
    Path file = root.at(ALL + "/lock");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock lock = channel.tryLock();
      // One that ends takes the file away, whoever opened it meanwhile.
      if (lock != null && Files.exists(file)) {
        return new Lock(file, channel);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw busy();
    }
    channel.close();
    throw busy();
  }

  private MirrorException busy() {
    return new MirrorException(
        "another 'longshore mirror' is changing this machine; run this again when it has ended");
  }
}
