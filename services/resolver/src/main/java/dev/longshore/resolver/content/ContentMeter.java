package dev.longshore.resolver.content;

/** Counts what happens to content; called from many threads. */
public interface ContentMeter {
  /** A reader found the blob in the cache. */
  void hit();

  /** A reader waits for a fetch that another one began. */
  void joined();

  /** A fetch ended well with so many bytes. */
  void fetched(long bytes);

  /** All of a file of the cache is about to be hashed, so that ranges of it can be sent. */
  void checked(long bytes);

  /** A fetch or a reading ended with this. */
  void failed(UnavailableException.Reason reason);
}
