package dev.longshore.oci.files;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Images with their contents by digest, in any file format. */
interface ImageFiles {
  List<SavedImage> images();

  Optional<FileContent> content(Digest digest) throws IOException;
}
