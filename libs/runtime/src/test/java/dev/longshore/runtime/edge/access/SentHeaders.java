package dev.longshore.runtime.edge.access;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Headers of a call of a test, line by line.
 *
 * @param lines name and value of each
 */
record SentHeaders(List<List<String>> lines) implements CallHeaders {
  /** What a caller shows, and nothing else. */
  static SentHeaders authorization(String... values) {
    return new SentHeaders(
        Arrays.stream(values).map(value -> List.of(Authenticator.AUTHORIZATION, value)).toList());
  }

  SentHeaders and(String name, String value) {
    List<List<String>> more = new ArrayList<>(lines);
    more.add(List.of(name, value));
    return new SentHeaders(more);
  }

  @Override
  public List<String> all(String name) {
    return lines.stream()
        .filter(line -> line.getFirst().equalsIgnoreCase(name))
        .map(List::getLast)
        .toList();
  }
}
