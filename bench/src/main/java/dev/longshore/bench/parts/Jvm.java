package dev.longshore.bench.parts;

import dev.longshore.app.settings.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that run code of this class path. */
public final class Jvm {
  private Jvm() {}

  /**
   * A command to which the program's arguments can be added; options are the launcher's.
   *
   * @param memory heap and direct memory
   */
  public static List<String> command(List<String> memory, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(memory);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlongshore.root=" + ConfigFile.root(),
            "-cp",
            System.getProperty("java.class.path"),
            mainClass));
    return command;
  }
}
