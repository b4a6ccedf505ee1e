package dev.longshore.app.faults;

import dev.longshore.app.Main;
import dev.longshore.programs.Command;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program of Java in a process of its own, as a rule {@code longshore service NAME}. */
final class JavaProgram implements Victim {
  private static final Duration START = Duration.ofMinutes(2);

  /** Whether a program of this JVM writes the archive of classes. */
  private static final AtomicBoolean WRITES = new AtomicBoolean();

  private final String name;
  private final String readyLine;
  private final Class<?> main;
  private final List<String> arguments;
  private final Path home;
  private int starts;
  private @Nullable RunningProgram running;

  /**
   * Starts nothing yet.
   *
   * @param arguments after the name
   * @param home folder with the state of all parts
   */
  JavaProgram(String name, List<String> arguments, Path home) {
    this(name, name, arguments, home);
  }

  /** One of several processes of a service; starts nothing yet. */
  JavaProgram(String name, String service, List<String> arguments, Path home) {
    this(
        name,
        service + " is ready",
        Main.class,
        Stream.concat(Stream.of("service", service), arguments.stream()).toList(),
        home);
  }

  /**
   * Another program; starts nothing yet.
   *
   * @param readyLine the line that it prints when it works
   */
  JavaProgram(String name, String readyLine, Class<?> main, List<String> arguments, Path home) {
    this.name = name;
    this.readyLine = readyLine;
    this.main = main;
    this.arguments = List.copyOf(arguments);
    this.home = home;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long pid() {
    return Objects.requireNonNull(running, () -> name + " does not run").pid();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    starts++;
    Path log = home.resolve("logs").resolve("process-%s-%d.log".formatted(name, starts));
    Command command = Command.of(line()).with(Map.of("LONGSHORE_HOME", home.toString()));
    running = new Program(name, command, log, Ready.says(readyLine), START).start();
  }

  private List<String> line() {
    Path root = Path.of(System.getProperty("longshore.root")).toAbsolutePath();
    Path target = root.resolve("app/target");
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:MaxDirectMemorySize=64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlongshore.root=" + root));
    String ours = place(Main.class).toString();
    if (main == Main.class) {
      line.addAll(archive(target));
    } else {
      ours = place(main) + ":" + ours;
    }
    line.addAll(List.of("-cp", ours + ":" + target.resolve("lib") + "/*", main.getName()));
    line.addAll(arguments);
    return line;
  }

  /** As the launcher does; one program writes it, when it ends, for all that start later. */
  private static List<String> archive(Path target) {
    Path archive = target.resolve("tests-service.jsa");
    List<String> options = new ArrayList<>();
    options.add("-XX:SharedArchiveFile=" + archive);
    if (Files.notExists(archive) && !WRITES.getAndSet(true)) {
      options.add("-XX:+AutoCreateSharedArchive");
    }
    options.addAll(List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xlog:aot=off"));
    return options;
  }

  /** The jar, or the folder of classes, that this test itself runs with. */
  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(type + " does not come from a file", e);
    }
  }

  /** Sends a signal: {@code STOP} holds it where it is, {@code CONT} lets it go on. */
  void signal(String signal) throws IOException, InterruptedException {
    Objects.requireNonNull(running, () -> name + " does not run").signal(signal);
  }

  @Override
  public void kill() throws InterruptedException {
    if (running != null) {
      running.kill();
      running = null;
    }
  }

  @Override
  public void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }
}
