package dev.longshore.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;

/** How JSON of others is read, whose names may be chosen to hurt. */
public final class ForeignJson {
  private ForeignJson() {}

  /** A factory without the table of names that all documents share: a hostile one spoils it. */
  public static JsonFactory factory() {
    return builder().build();
  }

  /** The same, for further limits. */
  public static JsonFactoryBuilder builder() {
    return new JsonFactoryBuilder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
  }
}
