package dev.longshore.app.cli;

/**
 * A start of the JVM with the few jars that a question to a service needs: to open all takes longer
 * than its answer. Where none answers, the launcher starts a JVM with all.
 */
final class FewJars {
  /** Ends a command that needs them all, and has printed nothing. The launcher knows it. */
  static final int AGAIN = 75;

  private FewJars() {}

  /** Whether this JVM has few. */
  static boolean given() {
    return "few".equals(System.getProperty("longshore.jars"));
  }

  /** Whether one that had few has asked already, in vain. */
  static boolean didNotDo() {
    return "all".equals(System.getProperty("longshore.jars"));
  }
}
