package dev.longshore.estargz;

import com.github.luben.zstd.util.ZstdVersion;

/** How the pieces of a layer are packed that can be read one by one. */
public enum LazyForm {
  /** Gzip members, by libdeflate; the table of contents is the tar's last entry. */
  ESTARGZ,
  /** Zstd frames; the table of contents is in a frame that readers of the tar pass over. */
  ZSTD_CHUNKED;

  /**
   * Checks that the compressor is there, so that a start fails rather than a conversion. One of the
   * system, libdeflate, must also give this release's bytes; zstd comes with this program, and its
   * version is in the key of what it writes.
   *
   * @throws IllegalStateException with the name of the package that is missing or of another
   *     version
   */
  public void requireLibrary() {
    switch (this) {
      case ESTARGZ -> Libdeflate.requireItsBytes();
      case ZSTD_CHUNKED -> ZstdCodec.requireLibrary();
    }
  }

  /** A compressor with its counterpart, for one thread. */
  MemberCodec newCodec() {
    return switch (this) {
      case ESTARGZ -> new GzipCodec();
      case ZSTD_CHUNKED -> new ZstdCodec();
    };
  }

  /**
   * What the compressor is called in the key of a result, where the release alone does not say:
   * zstd comes with a dependency, and another version of it may give other bytes.
   */
  String compressor() {
    return switch (this) {
      case ESTARGZ -> "";
      case ZSTD_CHUNKED -> "zstd " + ZstdVersion.VERSION.split("-", 2)[0] + " -" + ZstdCodec.LEVEL;
    };
  }
}
