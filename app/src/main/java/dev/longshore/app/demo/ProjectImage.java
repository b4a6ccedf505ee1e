package dev.longshore.app.demo;

import dev.longshore.app.demo.TarLayer.Form;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Images of this program as an OCI image layout: libraries in one layer, its own jars in another.
 * The same jars always give the same bytes.
 */
final class ProjectImage {
  static final String REPOSITORY = "demo/longshore";
  static final String TAG = "latest";
  static final List<String> VERSIONS = List.of("v1", "v2");

  /** Only for a development run: a service's image would not contain a broker. */
  private static final Pattern BROKER =
      Pattern.compile("(kafka_|kafka-(?!clients)|scala-|rocksdbjni|log4j-|lz4-|snappy-).*");

  /** Of a Java runtime what no program needs to run. */
  private static final Pattern NEEDLESS =
      Pattern.compile("(man|legal|include|jmods|demo)/.*|.*\\.(jsa|zip|sym|diz)");

  /** A change of the program touches so many of its jars. */
  private static final int CHANGED = 2;

  private final Path folder;
  private final long largest;
  private final List<Path> jars;

  /**
   * @param folder becomes the layout
   * @param classPath as in the system property {@code java.class.path}
   * @param largest in bytes: larger libraries and files of the Java runtime are left out
   */
  ProjectImage(Path folder, String classPath, long largest) {
    this.folder = folder;
    this.largest = largest;
    this.jars =
        Arrays.stream(classPath.split(File.pathSeparator))
            .map(Path::of)
            .filter(p -> p.toString().endsWith(".jar") && Files.isRegularFile(p))
            .filter(p -> !BROKER.matcher(name(p)).matches())
            .filter(p -> isOurs(p) || isTaken(p))
            .toList();
  }

  private boolean isTaken(Path file) {
    return file.toFile().length() <= largest;
  }

  private static String name(Path jar) {
    return jar.getFileName().toString();
  }

  private static boolean isOurs(Path jar) {
    return name(jar).startsWith("longshore-");
  }

  /** Writes the layout of one image, at {@link #TAG}. */
  void write() throws IOException {
    WrittenLayout layout = new WrittenLayout(folder);
    layout.image(TAG, List.of(libraries(layout), own(layout, jar -> jar)));
    layout.finish();
  }

  /**
   * Writes the layout of two {@link #VERSIONS}, on a Java runtime: in the second one some of the
   * program's own jars have changed.
   *
   * @param runtime home of the Java runtime
   */
  void writeVersions(Path runtime) throws IOException {
    if (jars.stream().noneMatch(ProjectImage::isOurs)) {
      throw new IOException("this program does not run from its jars: start it by ./longshore");
    }
    WrittenLayout layout = new WrittenLayout(folder);
    TarLayer java = layout.layer(Form.GZIP, runtime(runtime));
    TarLayer libraries = libraries(layout);
    Path changed = Files.createDirectories(folder.resolve("changed"));
    List<Path> changes =
        jars.stream()
            .filter(ProjectImage::isOurs)
            .sorted(Comparator.comparingLong((Path jar) -> jar.toFile().length()).reversed())
            .limit(CHANGED)
            .toList();
    for (Path jar : changes) {
      ChangedJar.write(jar, changed.resolve(name(jar)));
    }
    layout.image(VERSIONS.getFirst(), List.of(java, libraries, own(layout, jar -> jar)));
    TarLayer next = own(layout, jar -> changes.contains(jar) ? changed.resolve(name(jar)) : jar);
    layout.image(VERSIONS.getLast(), List.of(java, libraries, next));
    layout.finish();
  }

  private SortedMap<String, Path> runtime(Path runtime) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(runtime)) {
      for (Path file :
          all.filter(Files::isRegularFile)
              .filter(Files::isReadable)
              .filter(this::isTaken)
              .toList()) {
        String path = runtime.relativize(file).toString();
        if (!NEEDLESS.matcher(path).matches()) {
          files.put("opt/java/" + path, file);
        }
      }
    }
    return files;
  }

  private TarLayer libraries(WrittenLayout layout) throws IOException {
    return layer(layout, "longshore/lib/", jar -> !isOurs(jar), jar -> jar);
  }

  private TarLayer own(WrittenLayout layout, Function<Path, Path> version) throws IOException {
    return layer(layout, "longshore/app/", ProjectImage::isOurs, version);
  }

  private TarLayer layer(
      WrittenLayout layout, String prefix, Predicate<Path> chosen, Function<Path, Path> version)
      throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    jars.stream().filter(chosen).forEach(jar -> files.put(prefix + name(jar), version.apply(jar)));
    // Jars are compressed already.
    return layout.layer(Form.PLAIN, files);
  }
}
