package dev.longshore.oci.files;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A tar of {@code docker save}, {@code nerdctl save} or {@code skopeo copy docker-archive:}, not
 * compressed as a whole. Reads an OCI layout if there is one, else Docker's older format.
 */
public final class SaveTarSource extends FileSource implements Closeable {
  private final TarContainer tar;

  private SaveTarSource(String what, RepositoryName name, ImageFiles files, TarContainer tar) {
    super(what, name, files);
    this.tar = tar;
  }

  /**
   * Opens a saved image.
   *
   * @param name the repository for its images; a single image without a tag is {@code latest}
   */
  public static SaveTarSource open(Path file, RepositoryName name) throws RegistryException {
    var attempt = new Attempt("open saved image", file.toString());
    try {
      TarContainer tar = TarContainer.open(file);
      try {
        return new SaveTarSource(file.toString(), name, read(tar), tar);
      } catch (IOException e) {
        tar.close();
        throw e;
      }
    } catch (IOException e) {
      throw attempt.failed(Kind.BAD_CONTENT, String.valueOf(e.getMessage()), e);
    }
  }

  private static ImageFiles read(TarContainer tar) throws IOException {
    if (tar.find(LayoutFiles.INDEX).isPresent() && tar.find(LayoutFiles.MARKER).isPresent()) {
      return LayoutFiles.read(tar);
    }
    if (tar.find(DockerArchive.MANIFEST).isPresent()) {
      return DockerArchive.read(tar);
    }
    throw new IOException(
        "it holds neither index.json nor manifest.json (expected: what docker save or nerdctl save"
            + " write, not compressed)");
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
