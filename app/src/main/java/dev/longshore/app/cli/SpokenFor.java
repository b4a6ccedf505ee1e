package dev.longshore.app.cli;

import dev.longshore.runtime.edge.access.Holder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The person or group (not both) that a proxy may name. */
final class SpokenFor {
  @Option(
      names = "--person",
      required = true,
      paramLabel = "WHO",
      description = "person, spelled as in the proxy's header, such as alice@example.com")
  private @Nullable String person;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "GROUP",
      description = "every member of a group, spelled as in the proxy's header")
  private @Nullable String group;

  Holder holder() {
    return person != null ? new Holder.Person(person) : new Holder.Group(String.valueOf(group));
  }
}
