package dev.longshore.model;

/**
 * The name of a site, where images are pulled.
 *
 * @param text any: it is what somebody typed when the site was added
 */
public record SiteName(String text) {
  @Override
  public String toString() {
    return text;
  }
}
