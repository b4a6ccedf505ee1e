package dev.longshore.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;

/** Reads foreign JSON, whose names may be chosen to do harm. */
public final class ForeignJson {
  private ForeignJson() {}

  /** A factory without a name table shared by all documents, which a hostile one could spoil. */
  public static JsonFactory factory() {
    return builder().build();
  }

  /** The same, for further limits. */
  public static JsonFactoryBuilder builder() {
    return new JsonFactoryBuilder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
  }
}
