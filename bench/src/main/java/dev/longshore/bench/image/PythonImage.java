package dev.longshore.bench.image;

import dev.longshore.bench.parts.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * This machine's Python with the libraries that it is linked to, and above it a JDK, which a start
 * of Python never reads: most of an image is needed later or never.
 */
public final class PythonImage {
  public static final String PROGRAM = "/usr/bin/python3";

  private static final Path NUMPY = Path.of("/usr/lib/python3/dist-packages/numpy");

  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

  /** On a Debian whose /usr is merged these are links into it. */
  private static final List<Path> LINKS =
      List.of(Path.of("/bin"), Path.of("/lib"), Path.of("/lib64"));

  private PythonImage() {}

  /** What a start runs; where numpy is not there, modules that bring some hundred others. */
  public static String script() {
    return Files.isDirectory(NUMPY) ? "import numpy" : "import json, asyncio";
  }

  /**
   * Writes its layout.
   *
   * @param more layers on top
   */
  public static BigImage write(Path folder, FileTar... more)
      throws IOException, InterruptedException {
    List<FileTar> layers =
        new ArrayList<>(List.of(FileTar.below(python(), _ -> true), JdkFiles.withoutSource()));
    layers.addAll(List.of(more));
    return BigImage.writeFiles(folder, layers);
  }

  private static List<Path> python() throws IOException, InterruptedException {
    Set<Path> files = new LinkedHashSet<>(LINKS.stream().filter(Files::isSymbolicLink).toList());
    add(Path.of(PROGRAM), files);
    List<String> ldd = new ArrayList<>(List.of("ldd", PROGRAM));
    if (Files.isDirectory(NUMPY)) {
      try (Stream<Path> numpy = Files.walk(NUMPY)) {
        numpy.map(Path::toString).filter(path -> path.endsWith(".so")).forEach(ldd::add);
      }
    }
    Matcher libraries = LIBRARY.matcher(Shell.run(ldd, Map.of()));
    while (libraries.find()) {
      add(Path.of(libraries.group(1)), files);
    }
    try (Stream<Path> lib = Files.list(Path.of("/usr/lib"))) {
      files.addAll(
          lib.filter(path -> path.getFileName().toString().startsWith("python3"))
              .filter(Files::isDirectory)
              .sorted()
              .toList());
    }
    return new ArrayList<>(files);
  }

  /** A file, and on the way to it every link. */
  private static void add(Path file, Set<Path> files) throws IOException {
    Path parent = file.getParent();
    Path at = parent == null ? file : parent.toRealPath().resolve(file.getFileName());
    files.add(at);
    if (Files.isSymbolicLink(at)) {
      add(at.resolveSibling(Files.readSymbolicLink(at)), files);
    }
  }
}
