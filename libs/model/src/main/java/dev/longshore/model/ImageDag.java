package dev.longshore.model;

/**
 * The image DAG: the UnixFS directory of one image in one mode; copied, counted and released as a
 * unit.
 *
 * @param stored its CID as in the record: equal texts are equal keys
 */
public record ImageDag(Cid stored) {
  /** Wraps any text from a record's image DAG field. */
  public static ImageDag stored(String text) {
    return new ImageDag(Cid.stored(text));
  }

  /**
   * Its CID, to request or to compare with those that nodes list.
   *
   * @throws MalformedCidException if the stored text is not a CID
   */
  public Cid cid() {
    return stored.checked();
  }

  @Override
  public String toString() {
    return stored.toString();
  }
}
