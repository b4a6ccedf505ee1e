package dev.longshore.resolver.hub;

import dev.longshore.sites.ChangeLine;
import java.util.List;

/**
 * Lines that bring a site from one cursor to another.
 *
 * @param lines in any number, even none
 * @param reached the cursor that the site has once it applied all of them
 */
record Step(List<ChangeLine> lines, Cursor reached) {
  Step {
    lines = List.copyOf(lines);
  }
}
