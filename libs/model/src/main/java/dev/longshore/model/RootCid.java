package dev.longshore.model;

/**
 * The CID of an IPFS-enabled image, which nerdctl reads as {@code ipfs://CID}. Differs from the CID
 * of the {@link ImageDag}, though both are CIDs of one image.
 *
 * @param stored its CID as in the record: equal texts are equal keys
 */
public record RootCid(Cid stored) {
  /** Wraps any text from a record's root CID field. */
  public static RootCid stored(String text) {
    return new RootCid(Cid.stored(text));
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
