package dev.longshore.estargz;

import com.github.luben.zstd.util.ZstdVersion;

/** The format of a layer's separately readable pieces. */
public enum LazyFormat {
  /** Gzip members, by libdeflate; the table of contents is the tar's last entry. */
  ESTARGZ,
  /** Zstd frames; the table of contents is in a skippable frame. */
  ZSTD_CHUNKED;

  /**
   * Checks that the compressor is available, so that a start fails rather than a conversion. The
   * system's libdeflate must also give this release's bytes; zstd comes with this program, and its
   * version is part of the results' key.
   *
   * @throws IllegalStateException with the name of the package that is missing or has the wrong
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
   * The compressor's name in a result's key, if the release does not determine it: zstd comes from
   * a dependency, and another version of it may give different bytes.
   */
  String compressor() {
    return switch (this) {
      case ESTARGZ -> "";
      case ZSTD_CHUNKED -> "zstd " + ZstdVersion.VERSION.split("-", 2)[0] + " -" + ZstdCodec.LEVEL;
    };
  }
}
