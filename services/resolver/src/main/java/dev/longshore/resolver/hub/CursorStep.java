package dev.longshore.resolver.hub;

import java.util.List;

/**
 * Lines that take a site from one cursor to another.
 *
 * @param lines {@link dev.longshore.sites.ChangeLine} as JSON, in any number, even none
 * @param reached the cursor that the site has once it applied all of them
 */
record CursorStep(List<byte[]> lines, Cursor reached) {
  CursorStep {
    lines = List.copyOf(lines);
  }
}
