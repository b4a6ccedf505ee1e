package dev.longshore.oci.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A folder on disk. */
record FolderContainer(Path root) implements Container {
  @Override
  public Optional<FileContent> find(String path) throws IOException {
    Path file = root.resolve(path);
    return Files.isRegularFile(file)
        ? Optional.of(new StoredFile(file, Files.size(file)))
        : Optional.empty();
  }

  private record StoredFile(Path file, long size) implements FileContent {
    @Override
    public InputStream open(long offset) throws IOException {
      return Channels.newInputStream(FileChannel.open(file).position(offset));
    }
  }
}
