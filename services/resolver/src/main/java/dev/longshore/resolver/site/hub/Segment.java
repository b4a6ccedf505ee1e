package dev.longshore.resolver.site.hub;

import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines of an answer covered by a signature.
 *
 * @param group the site's group, if it is among them
 * @param lines changes and drops, in order
 * @param end the signed end line
 */
public record Segment(@Nullable Group group, List<ChangeLine> lines, End end) {
  public Segment {
    lines = List.copyOf(lines);
  }
}
