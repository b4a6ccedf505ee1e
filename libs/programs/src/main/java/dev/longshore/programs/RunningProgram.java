package dev.longshore.programs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A started program. */
public final class RunningProgram implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(20);

  /** One that is killed and stays for longer waits in the kernel, for a disk or a mount. */
  private static final Duration GONE = Duration.ofSeconds(30);

  private static final long LOOK_MILLIS = 20;
  private static final int LOG_LINES = 20;

  /** More than twenty lines that a person reads. */
  private static final int LOG_BYTES = 1 << 14;

  private final Program program;
  private final Process process;
  private volatile boolean isAsked;

  RunningProgram(Program program, Process process) {
    this.program = program;
    this.process = process;
  }

  void awaitReady() throws IOException, InterruptedException {
    Ready.Check check = program.ready().of(program.log());
    long end = System.nanoTime() + program.limit().toNanos();
    while (!isReady(check)) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw failed("ended at its start with exit code " + process.exitValue());
      }
      if (System.nanoTime() > end) {
        throw failed("was not ready within " + program.limit().toSeconds() + " s");
      }
    }
  }

  private static boolean isReady(Ready.Check check) {
    try {
      return check.isReady();
    } catch (IOException _) {
      return false;
    }
  }

  private ProgramException failed(String how) throws IOException {
    return new ProgramException(said(how), null);
  }

  /**
   * A sentence about it, with its command and the end of its log.
   *
   * @param how what it did, such as "was not ready"
   */
  public String said(String how) {
    return "%s %s; it was started as: %s; the end of its log %s:\n%s"
        .formatted(program.name(), how, program.command(), program.log(), endOfLog());
  }

  private String endOfLog() {
    try (RandomAccessFile file = new RandomAccessFile(program.log().toFile(), "r")) {
      file.seek(Math.max(0, file.length() - LOG_BYTES));
      byte[] end = new byte[LOG_BYTES];
      int count = Math.max(0, file.read(end));
      List<String> lines = new String(end, 0, count, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(the log cannot be read: " + e.getMessage() + ")";
    }
  }

  /** Passes on a sentence with the end of the log if the program ends by itself. */
  public void onDeath(Consumer<String> listener) {
    var _ =
        process
            .onExit()
            .thenAccept(
                ended -> {
                  if (!isAsked) {
                    listener.accept(said("ended by itself with exit code " + ended.exitValue()));
                  }
                });
  }

  public long pid() {
    return process.pid();
  }

  /** The process, to read its CPU time and memory. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Its output. */
  public Path log() {
    return program.log();
  }

  /** Waits until it ends by itself; returns its exit code, empty if it does not end in time. */
  public OptionalInt awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  /** Sends a signal, such as {@code STOP} or {@code CONT}. */
  public void signal(String name) throws IOException, InterruptedException {
    Command.of("kill", "-" + name, Long.toString(pid())).run();
  }

  /**
   * Kills it and its children like a power cut; returns when they are gone.
   *
   * @throws IllegalStateException when it stays
   */
  public void kill() throws InterruptedException {
    isAsked = true;
    killTree(process.toHandle());
    awaitGone();
  }

  private void awaitGone() throws InterruptedException {
    if (!process.waitFor(GONE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          said("was still there %d s after SIGKILL".formatted(GONE.toSeconds())));
    }
  }

  static void killTree(ProcessHandle root) {
    Stream.concat(root.descendants(), Stream.of(root))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * SIGTERM; SIGKILL if it does not end in time or the caller is interrupted, and for the children
   * it leaves.
   */
  public void stop(Duration patience) throws InterruptedException {
    isAsked = true;
    List<ProcessHandle> left = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      left.forEach(ProcessHandle::destroyForcibly);
      killTree(process.toHandle());
    }
    awaitGone();
  }

  /** Stops it; its running work may take a while. */
  @Override
  public void close() {
    try {
      stop(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
