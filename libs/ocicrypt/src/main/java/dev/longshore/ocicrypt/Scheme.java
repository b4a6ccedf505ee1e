package dev.longshore.ocicrypt;

/** How a layer's key is wrapped; the names are those of recipients and annotations. */
public enum Scheme {
  JWE("jwe"),
  PKCS7("pkcs7"),
  PGP("pgp");

  private final String text;

  Scheme(String text) {
    this.text = text;
  }

  /** As in {@code jwe:pub.pem}. */
  public String text() {
    return text;
  }

  String annotation() {
    return LayerKeys.PREFIX + text;
  }
}
