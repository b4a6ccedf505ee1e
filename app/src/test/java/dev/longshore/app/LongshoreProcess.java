package dev.longshore.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code longshore} command in a JVM of its own, from the jars that were built. */
public final class LongshoreProcess implements AutoCloseable {
  private static final Duration DUMP = Duration.ofSeconds(20);
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final String SERVICE = "service";
  private static final Path ROOT = Path.of(System.getProperty("longshore.root", ".."));
  private static final Path TARGET = ROOT.toAbsolutePath().normalize().resolve("app/target");
  private final Process process;
  private final Path out;
  private final Path err;

  private LongshoreProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a command printed, and how it ended. */
  public record Ended(int exitCode, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }

    public String lastLine() {
      return lines().getLast();
    }
  }

  /**
   * Starts a command. The first that ends writes the archive of its classes, as in the launcher.
   *
   * @param home LONGSHORE_HOME; output goes to files beside it
   */
  public static LongshoreProcess start(Path home, String... arguments) throws IOException {
    return start(home, "-XX:+AutoCreateSharedArchive", archive(arguments[0]), arguments);
  }

  /**
   * Starts one that goes on to the last test, where an archive of its classes serves nobody. Before
   * there is one, that of single services has most of them.
   */
  public static LongshoreProcess startToTheEnd(Path home, String... arguments) throws IOException {
    Path own = archive(arguments[0]);
    return start(
        home,
        "-XX:-AutoCreateSharedArchive",
        Files.exists(own) ? own : archive(SERVICE),
        arguments);
  }

  private static LongshoreProcess start(
      Path home, String archiving, Path archive, String... arguments) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        new ArrayList<>(
            List.of(
                java.toString(),
                "-Xmx448m",
                "-XX:MaxDirectMemorySize=128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                archiving,
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off",
                "-Xlog:aot=off",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlongshore.root=" + ROOT.toAbsolutePath().normalize(),
                "-cp",
                TARGET.resolve("longshore-app-0.1.0.jar") + ":" + TARGET.resolve("lib") + "/*",
                "dev.longshore.app.Main"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(home.getParent(), arguments[0], ".out");
    Path err = Files.createTempFile(home.getParent(), arguments[0], ".err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LONGSHORE_HOME", home.toString());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new LongshoreProcess(builder.start(), out, err);
  }

  /** Commands that load the same classes share them, as in the launcher. */
  private static Path archive(String command) {
    String name =
        switch (command) {
          case "up", "demo" -> "up";
          case SERVICE -> SERVICE;
          default -> "cli";
        };
    return TARGET.resolve("tests-" + name + ".jsa");
  }

  /** Runs a command to its end. */
  public static Ended run(Path home, Duration limit, String... arguments)
      throws IOException, InterruptedException {
    try (LongshoreProcess started = start(home, arguments)) {
      return started.await(limit);
    }
  }

  public Ended await(Duration limit) throws IOException, InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("not ended within " + limit + ": " + text(out) + text(err));
    }
    return new Ended(process.exitValue(), text(out), text(err));
  }

  /** Returns when it has printed the text to stdout. */
  public void awaitOutput(String wanted, Duration limit) throws IOException, InterruptedException {
    await(out, wanted, limit);
  }

  /** Returns when it has printed the text to stderr. */
  public void awaitErrors(String wanted, Duration limit) throws IOException, InterruptedException {
    await(err, wanted, limit);
  }

  private void await(Path file, String wanted, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!text(file).contains(wanted)) {
      if (System.nanoTime() > end || process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "did not print '" + wanted + "' within " + limit + ": " + text(out) + text(err));
      }
    }
  }

  /** What it printed to stdout so far. */
  public String out() throws IOException {
    return text(out);
  }

  /** What it printed to stderr so far. */
  public String err() throws IOException {
    return text(err);
  }

  /** Writes what all its threads do, virtual ones too, to the file. */
  public void dumpThreads(Path file) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String into = file.toAbsolutePath().toString();
    for (long pid : pids()) {
      new ProcessBuilder(jcmd, Long.toString(pid), "Thread.dump_to_file", "-overwrite", into)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(DUMP.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** The launcher becomes the JVM, or starts it. */
  private List<Long> pids() {
    return Stream.concat(Stream.of(process.toHandle()), process.children())
        .filter(handle -> handle.info().command().orElse("").endsWith("/java"))
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Bytes of memory that it and the processes that it started have now. */
  public long residentBytes() throws IOException {
    long bytes = 0;
    for (ProcessHandle each :
        Stream.concat(Stream.of(process.toHandle()), children().stream()).toList()) {
      String status = text(Path.of("/proc", String.valueOf(each.pid()), "status"));
      Matcher kilobytes = RESIDENT.matcher(status);
      if (!kilobytes.find()) {
        throw new IOException("process " + each.pid() + " has no VmRSS: " + status);
      }
      bytes += 1024 * Long.parseLong(kilobytes.group(1));
    }
    return bytes;
  }

  /** The processes that it started and that live. */
  public List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
