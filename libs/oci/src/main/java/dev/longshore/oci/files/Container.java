package dev.longshore.oci.files;

import java.io.IOException;
import java.util.Optional;

/** A folder or a tar: a set of named files. */
interface Container {
  /**
   * The file of that name, if there is one.
   *
   * @param path relative, parts separated by slashes, without dots
   */
  Optional<FileContent> find(String path) throws IOException;
}
