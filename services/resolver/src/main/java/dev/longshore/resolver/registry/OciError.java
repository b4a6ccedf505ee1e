package dev.longshore.resolver.registry;

/** An error as the distribution specification defines it. */
record OciError(int status, Code code, String message) {
  /** The specification's codes for a read-only registry, and those that registries add. */
  enum Code {
    BLOB_UNKNOWN,
    DENIED,
    DIGEST_INVALID,
    MANIFEST_UNKNOWN,
    NAME_INVALID,
    NAME_UNKNOWN,
    PAGINATION_NUMBER_INVALID,
    TOOMANYREQUESTS,
    UNAVAILABLE,
    UNSUPPORTED
  }
}
