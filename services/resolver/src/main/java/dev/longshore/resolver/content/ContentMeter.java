package dev.longshore.resolver.content;

/** Counts reads and fetches; called from many threads. */
public interface ContentMeter {
  /** A reader found the blob in the cache. */
  void hit();

  /** A reader waits for a fetch that another reader began. */
  void joined();

  /** A fetch succeeded with so many bytes. */
  void fetched(long bytes);

  /** A whole cached file is about to be hashed, so that ranges of it can be sent. */
  void checked(long bytes);

  /** A fetch or a read failed for this reason. */
  void failed(UnavailableException.Reason reason);
}
