package dev.longshore.app.cli;

/** What encryption leaves readable, as the format has it: people are told wherever it matters. */
final class ReadableParts {
  private ReadableParts() {}

  /** One sentence for stderr. */
  static String warning(String image) {
    return "warning: only layers are encrypted; config, labels, environment and history of "
        + image
        + " stay in the clear for all who reach its peers";
  }
}
