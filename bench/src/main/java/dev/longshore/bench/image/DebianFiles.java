package dev.longshore.bench.image;

import dev.longshore.bench.parts.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of Debian packages as they are installed on this machine: a base image with Python that
 * needs no mirror to be made.
 */
public final class DebianFiles {
  /** Priorities of what a small Debian has. */
  private static final Set<String> BASE = Set.of("required", "important", "standard");

  /** Where Python puts what it compiled; no package has it. */
  static final String COMPILED = "__pycache__";

  private static final String QUERY = "dpkg-query";

  private DebianFiles() {}

  /** Whether this machine is a Debian. */
  public static boolean areHere() {
    return Files.isRegularFile(Path.of("/usr/bin", QUERY));
  }

  /** Of a small Debian with Python, and what its installation compiled; sorted. */
  public static List<Path> baseWithPython() throws IOException, InterruptedException {
    List<Path> installed =
        of(fields -> BASE.contains(fields.get(0)) || fields.get(2).contains("python3"));
    Set<Path> all = new TreeSet<>(installed);
    for (Path path : installed) {
      Path compiled = path.resolve(COMPILED);
      if (Files.isDirectory(compiled)) {
        try (Stream<Path> found = Files.walk(compiled)) {
          found.forEach(all::add);
        }
      }
    }
    return List.copyOf(all);
  }

  /**
   * Of the smallest packages besides those of {@link #baseWithPython}, sorted.
   *
   * @param leastKib of a package, installed
   */
  public static List<Path> more(int packages, int leastKib)
      throws IOException, InterruptedException {
    List<List<String>> others =
        packages(fields -> !BASE.contains(fields.get(0)) && !fields.get(2).contains("python3"));
    List<String> names =
        others.stream()
            .filter(fields -> Integer.parseInt(fields.get(1)) >= leastKib)
            .sorted(Comparator.comparingInt(fields -> Integer.parseInt(fields.get(1))))
            .limit(packages)
            .map(fields -> fields.get(2))
            .toList();
    return files(names);
  }

  private static List<Path> of(Predicate<List<String>> wanted)
      throws IOException, InterruptedException {
    return files(packages(wanted).stream().map(fields -> fields.get(2)).toList());
  }

  /** Priority, KiB when installed, and name of each. */
  private static List<List<String>> packages(Predicate<List<String>> wanted)
      throws IOException, InterruptedException {
    String format = "-f=${Priority} ${Installed-Size} ${binary:Package}\\n";
    return Shell.run(List.of(QUERY, "-W", format), Map.of())
        .lines()
        .map(line -> List.of(line.split(" ", -1)))
        .filter(fields -> fields.size() == 3)
        .filter(wanted)
        .toList();
  }

  private static List<Path> files(List<String> packages) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(QUERY, "-L"));
    command.addAll(packages);
    return Shell.run(command, Map.of())
        .lines()
        .filter(line -> line.startsWith("/") && line.length() > 2)
        .distinct()
        .sorted()
        .map(Path::of)
        .toList();
  }
}
