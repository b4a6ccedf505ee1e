package dev.longshore.model;

/**
 * The configured name of an IPFS peer.
 *
 * @param text any text from the settings
 */
public record PeerName(String text) {
  @Override
  public String toString() {
    return text;
  }
}
