package dev.longshore.resolver.hub;

import dev.longshore.sites.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The steps from a site's cursor to the present. */
interface Steps {
  /** Whether the lines are a delta or a snapshot. */
  Kind kind();

  /**
   * The next step; null at the end.
   *
   * @throws NotYetException when a record is still to be read
   */
  @Nullable CursorStep next() throws IOException;
}
