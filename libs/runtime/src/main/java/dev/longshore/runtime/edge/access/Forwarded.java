package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Caller;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The person for whom a proxy calls. The proxy is trusted, so its headers must be unambiguous: of
 * two values, one may come from the caller, who wants to be somebody else.
 *
 * @param groups the person's groups, of any names: those without an entry give no rights
 */
record Forwarded(String person, Set<String> groups) {
  /** Limit in characters; mail addresses have up to 254. */
  private static final int LONGEST = 256;

  private static final char SEPARATOR = ',';

  Forwarded {
    groups = Set.copyOf(groups);
  }

  /**
   * Parses the headers.
   *
   * @param proxy the proxy that sent them
   * @return empty if the proxy calls for itself
   * @throws PersonRefusedException when they are ambiguous; the message does not repeat them
   */
  static Optional<Forwarded> of(CallHeaders headers, PersonHeaders names, Caller proxy)
      throws PersonRefusedException {
    List<String> persons = headers.all(names.personHeader());
    List<String> groups = headers.all(names.groupsHeader());
    if (persons.isEmpty() && groups.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> problem =
        persons.size() == 1
            ? problem(persons.getFirst())
            : Optional.of("is there " + persons.size() + " times");
    if (problem.isPresent()) {
      throw new PersonRefusedException(
          proxy,
          "%s of %s %s (expected: one person, such as alice@example.com, and nothing of what the proxy's own caller sent)"
              .formatted(names.personHeader(), proxy.name(), problem.get()));
    }
    return Optional.of(new Forwarded(persons.getFirst(), split(groups)));
  }

  /** Lines and commas both separate them: an intermediary may have joined lines (RFC 9110 5.3). */
  private static Set<String> split(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(String.valueOf(SEPARATOR), -1)))
        .map(Forwarded::withoutBlanks)
        .filter(group -> !group.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Only HTTP's whitespace: other characters that Java strips belong to the name (RFC 9110 5.6.3).
   */
  private static String withoutBlanks(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char at) {
    return at == ' ' || at == '\t';
  }

  /** The reason why a text cannot name a person or group; empty if it can. */
  static Optional<String> problem(String name) {
    if (name.isEmpty() || name.length() > LONGEST) {
      return Optional.of("has " + name.length() + " characters, not 1 to " + LONGEST);
    }
    for (int i = 0; i < name.length(); i++) {
      char at = name.charAt(i);
      boolean atAnEnd = i == 0 || i == name.length() - 1;
      if (at < ' ' || at > '~' || at == SEPARATOR || (at == ' ' && atAnEnd)) {
        return Optional.of(
            "has U+%04X as character %d, not visible ASCII without commas"
                .formatted((int) at, i + 1));
      }
    }
    return Optional.empty();
  }
}
