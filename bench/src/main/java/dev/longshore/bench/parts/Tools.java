package dev.longshore.bench.parts;

import dev.longshore.app.ConfigFile;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Third-party programs of {@code deploy/tools}. */
public final class Tools {
  private final Programs programs = new Programs(ConfigFile.root());

  /** The program's path; builds it if it is not there. */
  public Path path(String name) throws PartFailedException, InterruptedException {
    return programs.find(name);
  }

  /** The first line that the program prints about its version. */
  public String version(String name, String... arguments)
      throws IOException, PartFailedException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(path(name).toString()));
    command.addAll(List.of(arguments));
    return Shell.run(command, Map.of()).lines().findFirst().orElse(name);
  }
}
