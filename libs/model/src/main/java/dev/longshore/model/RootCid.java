package dev.longshore.model;

/**
 * The CID of an IPFS-enabled image, which nerdctl reads as {@code ipfs://CID}. Not that of the
 * {@link ImageDag}, though both are CIDs of one image.
 *
 * @param stored its CID as the record keeps it: equal texts are equal keys
 */
public record RootCid(Cid stored) {
  /** Any text that stands where records have a root CID. */
  public static RootCid stored(String text) {
    return new RootCid(Cid.stored(text));
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
