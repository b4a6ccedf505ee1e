package dev.longshore.settings;

import java.nio.file.Path;

/** Where a setting's value comes from. Later kinds override earlier ones, in this order. */
public sealed interface ValueOrigin {
  /** Its record's default. */
  record Default() implements ValueOrigin {
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
  record File(Path path, int line) implements ValueOrigin {
    @Override
    public String toString() {
      return path + ":" + line;
    }
  }

  /** A variable of the environment. */
  record Environment(String variable) implements ValueOrigin {
    @Override
    public String toString() {
      return "environment " + variable;
    }
  }

  /** A {@code --set} flag. */
  record Flag(String key) implements ValueOrigin {
    @Override
    public String toString() {
      return "--set " + key;
    }
  }
}
