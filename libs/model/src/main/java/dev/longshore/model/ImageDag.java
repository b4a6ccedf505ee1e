package dev.longshore.model;

/**
 * The image DAG: the UnixFS directory that holds one image in one mode, and is copied, counted and
 * released as a whole.
 *
 * @param stored its CID as the record keeps it: equal texts are equal keys
 */
public record ImageDag(Cid stored) {
  /** Any text that stands where records have an image DAG. */
  public static ImageDag stored(String text) {
    return new ImageDag(Cid.stored(text));
  }

  /**
   * Its CID, to be compared with those that nodes list, and to be asked for.
   *
   * @throws MalformedCidException where the stored text is no CID
   */
  public Cid cid() {
    return stored.checked();
  }

  @Override
  public String toString() {
    return stored.toString();
  }
}
