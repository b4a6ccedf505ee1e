package dev.longshore.resolver.site.hub;

import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines of an answer that a signature vouches for.
 *
 * @param group the site's group, if it is among them
 * @param lines changes and drops, in order
 * @param end what they amount to
 */
public record Segment(@Nullable Group group, List<ChangeLine> lines, End end) {
  public Segment {
    lines = List.copyOf(lines);
  }
}
