package dev.longshore.resolver.registry;

/** A refusal as the distribution specification words it. */
record OciError(int status, Code code, String message) {
  /** The specification's codes that a read-only registry gives, and those that registries add. */
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
