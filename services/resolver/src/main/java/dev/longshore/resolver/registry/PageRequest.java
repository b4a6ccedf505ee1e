package dev.longshore.resolver.registry;

import java.util.Optional;

/**
 * The requested part of a list.
 *
 * @param count most entries; 0 gives an empty list
 * @param last the last entry that the client already has
 */
record PageRequest(int count, Optional<String> last) {
  /** Most entries in one answer, however many a client requests: some hundred KiB of JSON. */
  static final int MOST = 5_000;

  static PageRequest of(RegistryCall call) throws RequestException {
    Optional<String> count = call.parameter("n");
    Optional<String> last = call.parameter("last").filter(text -> !text.isEmpty());
    if (count.isEmpty()) {
      return new PageRequest(MOST, last);
    }
    if (!count.get().matches("\\d{1,9}")) {
      throw new RequestException(
          400,
          OciError.Code.PAGINATION_NUMBER_INVALID,
          "n: " + count.get() + " (expected: a number from 0)");
    }
    return new PageRequest(Math.min(Integer.parseInt(count.get()), MOST), last);
  }
}
