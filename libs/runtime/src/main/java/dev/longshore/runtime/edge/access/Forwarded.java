package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Caller;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * For whom a proxy says that it calls. What it says is believed, and so has to be said clearly:
 * where two tell it, one of them may be the person, who wants to be somebody else.
 *
 * @param groups the person's, of any names: those that no entry is about give no rights
 */
record Forwarded(String person, Set<String> groups) {
  /** Characters; addresses of mail have up to 254. */
  private static final int LONGEST = 256;

  private static final char SEPARATOR = ',';

  Forwarded {
    groups = Set.copyOf(groups);
  }

  /**
   * Reads it.
   *
   * @param proxy who says it
   * @return nobody if the proxy calls for itself
   * @throws PersonRefusedException when it is not said clearly; what was sent is not repeated
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

  /** Lines and commas part them alike: whatever is between may have joined lines (RFC 9110 5.3). */
  private static Set<String> split(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(String.valueOf(SEPARATOR), -1)))
        .map(Forwarded::withoutBlanks)
        .filter(group -> !group.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Blanks of HTTP alone: what else Java takes for one belongs to the name (RFC 9110 5.6.3). */
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

  /** What keeps a text from being the name of a person or group; nothing if it can be one. */
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
