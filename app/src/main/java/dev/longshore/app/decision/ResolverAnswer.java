package dev.longshore.app.decision;

import java.util.List;
import java.util.Optional;

/**
 * What the resolver at hand does with names that are forgotten.
 *
 * @param serves names that it still serves
 * @param silent why it says nothing; empty if it answers
 */
public record ResolverAnswer(List<String> serves, Optional<String> silent) {
  public ResolverAnswer {
    serves = List.copyOf(serves);
  }
}
