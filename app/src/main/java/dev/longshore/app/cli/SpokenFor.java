package dev.longshore.app.cli;

import dev.longshore.runtime.edge.access.Holder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** For whom a proxy speaks: a person or a group, and not both. */
final class SpokenFor {
  @Option(
      names = "--person",
      required = true,
      paramLabel = "WHO",
      description = "a person, as the proxy's header has it, such as alice@example.com")
  private @Nullable String person;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "GROUP",
      description = "all of whom the proxy says that they are in this group")
  private @Nullable String group;

  Holder holder() {
    return person != null ? new Holder.Person(person) : new Holder.Group(String.valueOf(group));
  }
}
