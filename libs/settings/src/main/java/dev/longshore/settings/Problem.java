package dev.longshore.settings;

import java.util.Comparator;

/**
 * One problem of the configuration.
 *
 * @param where file and line, variable or flag
 * @param message what is wrong and what is expected; never holds a secret
 */
public record Problem(ValueOrigin where, String message) {
  /** By file and line, then variables, flags and defaults. */
  static final Comparator<Problem> ORDER =
      Comparator.comparingInt((Problem problem) -> rank(problem.where()))
          .thenComparing(problem -> problem.where().toString())
          .thenComparing(Problem::message);

  private static int rank(ValueOrigin origin) {
    return switch (origin) {
      case ValueOrigin.File(_, var line) -> line;
      case ValueOrigin.Environment _ -> Integer.MAX_VALUE - 2;
      case ValueOrigin.Flag _ -> Integer.MAX_VALUE - 1;
      case ValueOrigin.Default _ -> Integer.MAX_VALUE;
    };
  }

  @Override
  public String toString() {
    return where + ": " + message;
  }
}
