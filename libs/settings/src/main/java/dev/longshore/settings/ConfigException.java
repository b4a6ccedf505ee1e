package dev.longshore.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; the message has every problem. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(
        problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(
                Collectors.joining(
                    "",
                    problems.size() == 1
                        ? "the configuration has a problem:"
                        : "the configuration has " + problems.size() + " problems:",
                    "")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
