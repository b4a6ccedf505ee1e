package dev.longshore.app.cli;

/** The parts that encryption leaves readable by its format; shown everywhere it matters. */
final class ReadableParts {
  private ReadableParts() {}

  /** One sentence for stderr. */
  static String warning(String image) {
    return "warning: only layers are encrypted; config, labels, environment and history of "
        + image
        + " stay in the clear for all who reach its peers";
  }
}
