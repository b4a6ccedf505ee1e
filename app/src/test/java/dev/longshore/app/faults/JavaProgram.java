package dev.longshore.app.faults;

import dev.longshore.app.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program of Java in a process of its own, as a rule {@code longshore service NAME}. */
final class JavaProgram implements Victim {
  private static final Logger LOG = LoggerFactory.getLogger(JavaProgram.class);
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final ExecutorService SPAWNER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("starts programs").factory());
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(20);
  private final String name;
  private final String readyLine;
  private final Class<?> main;
  private final List<String> arguments;
  private final Path home;
  private final Path log;
  private @Nullable Process process;

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
    this.log = home.resolve("logs").resolve("process-" + name + ".log");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long pid() {
    return Objects.requireNonNull(process, () -> name + " does not run").pid();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().put("LONGSHORE_HOME", home.toString());
    builder.redirectErrorStream(true);
    Process started = spawned(builder);
    process = started;
    CountDownLatch ready = new CountDownLatch(1);
    Thread.ofPlatform().daemon().name("output of " + name).start(() -> copy(started, ready));
    if (!ready.await(START.toSeconds(), TimeUnit.SECONDS) || !started.isAlive()) {
      throw new AssertionError(name + " did not say that it is ready; see " + log);
    }
  }

  /** Linux ends it with the thread that started it, so that one never ends. */
  private static Process spawned(ProcessBuilder builder) throws IOException, InterruptedException {
    try {
      return SPAWNER.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new IOException("a program could not be started: " + e.getCause(), e);
    }
  }

  private List<String> command() {
    Path root = Path.of(System.getProperty("longshore.root")).toAbsolutePath();
    Path target = root.resolve("app/target");
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      // Ends with the test, however that ends.
      command.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlongshore.root=" + root,
            "-cp",
            place(main) + ":" + place(Main.class) + ":" + target.resolve("lib") + "/*",
            main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** The jar, or the folder of classes, that this test itself runs with. */
  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(type + " does not come from a file", e);
    }
  }

  /** Copies what it prints to its log; whoever waits goes on when it is ready, or has ended. */
  private void copy(Process started, CountDownLatch ready) {
    try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
        Writer out =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.write(line + "\n");
        out.flush();
        if (line.equals(readyLine)) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      // Its end closes the pipe under the reader, and whoever waits is told by the log.
      LOG.debug("the output of {} ended: {}", name, e.getMessage());
    } finally {
      ready.countDown();
    }
  }

  @Override
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
      process = null;
    }
  }

  @Override
  public void stop() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        kill();
      }
      process = null;
    }
  }
}
