package dev.longshore.settings;

import java.nio.file.Path;

/** Where a setting's value comes from. Later kinds override earlier ones, in this order. */
public sealed interface Origin {
  /** Its record's default. */
  record Default() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }

  /**
   * The configuration file.
   *
   * @param line from 1
   */
  record File(Path path, int line) implements Origin {
    @Override
    public String toString() {
      return path + ":" + line;
    }
  }

  /** A variable of the environment. */
  record Environment(String variable) implements Origin {
    @Override
    public String toString() {
      return "environment " + variable;
    }
  }

  /** A {@code --set} flag. */
  record Flag(String key) implements Origin {
    @Override
    public String toString() {
      return "--set " + key;
    }
  }
}
