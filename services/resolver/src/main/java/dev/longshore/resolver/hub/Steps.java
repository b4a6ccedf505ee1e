package dev.longshore.resolver.hub;

import dev.longshore.sites.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The way from a site's cursor to now. */
interface Steps {
  /** What the lines say together. */
  Kind kind();

  /**
   * The next step; null at the end.
   *
   * @throws NotYetException when one cannot be told yet
   */
  @Nullable Step next() throws IOException;
}
