package dev.longshore.catalog;

/**
 * The verified copies of one peer.
 *
 * @param copies how many there are
 * @param bytes of their blocks; blocks that images share count each time
 */
public record CopiesOfPeer(long copies, long bytes) {
  /** Of a peer that has none. */
  public static final CopiesOfPeer NONE = new CopiesOfPeer(0, 0);
}
