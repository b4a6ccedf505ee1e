package dev.longshore.oci.files;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.nio.file.Path;

/** A folder that is an OCI image layout. Its index is read when it is opened. */
public final class OciLayoutSource extends FileSource {
  private OciLayoutSource(String what, RepositoryName name, ImageFiles files) {
    super(what, name, files);
  }

  /**
   * Opens a layout folder.
   *
   * @param name the repository for its images; a single image without a tag is {@code latest}
   */
  public static OciLayoutSource open(Path folder, RepositoryName name) throws RegistryException {
    var attempt = new Attempt("open OCI layout", folder.toString());
    try {
      LayoutFiles files = LayoutFiles.read(new FolderContainer(folder));
      return new OciLayoutSource(folder.toString(), name, files);
    } catch (IOException e) {
      throw attempt.failed(Kind.BAD_CONTENT, String.valueOf(e.getMessage()), e);
    }
  }
}
