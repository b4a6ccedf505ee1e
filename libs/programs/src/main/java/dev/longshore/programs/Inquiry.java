package dev.longshore.programs;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A program that is asked something and whose answer may be secret: it is never in a file nor in an
 * exception. Runs without a shell.
 *
 * @param line the program and its arguments
 * @param environment all variables that it sees
 * @param input what it reads; at most {@link #INPUT} characters
 * @param limit time after which it counts as hung
 * @param most bytes that it may print
 */
public record Inquiry(
    List<String> line, Map<String, String> environment, String input, Duration limit, int most) {
  /** Less than a pipe takes at once, even if nobody reads. */
  static final int INPUT = 4_096;

  /** Its child may hold its output open after its end, such as an agent that it started. */
  private static final Duration AFTER_ITS_END = Duration.ofSeconds(1);

  public Inquiry {
    line = List.copyOf(line);
    environment = Map.copyOf(environment);
    if (input.length() > INPUT) {
      throw new IllegalArgumentException("an input of " + input.length() + " characters");
    }
  }

  /** How it ended, and what it printed. */
  public record Answer(int exitCode, String out, String err) {
    /** Never shows its output. */
    @Override
    public String toString() {
      return "exit code %d, %d characters".formatted(exitCode, out.length());
    }
  }

  /**
   * Runs it to its end.
   *
   * @throws ProgramException when it could not be started, hangs or prints too much; says nothing
   *     of what it printed
   */
  public Answer ask() throws ProgramException, InterruptedException {
    requireProgram();
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(Redirect.PIPE);
    Process process = Spawner.start(Command.of(line), builder);
    try {
      var tooMuch = new AtomicBoolean();
      CompletableFuture<byte[]> out = read(process, process.getInputStream(), tooMuch);
      CompletableFuture<byte[]> err = read(process, process.getErrorStream(), tooMuch);
      write(process);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ProgramException("no end within " + limit.toSeconds() + " s", null);
      }
      requireAtMost(tooMuch);
      byte[] printed = rest(out);
      byte[] said = rest(err);
      requireAtMost(tooMuch);
      return new Answer(
          process.exitValue(),
          new String(printed, StandardCharsets.UTF_8),
          new String(said, StandardCharsets.UTF_8).strip());
    } finally {
      RunningProgram.killTree(process.toHandle());
    }
  }

  private void requireAtMost(AtomicBoolean tooMuch) throws ProgramException {
    if (tooMuch.get()) {
      throw new ProgramException("it printed more than " + most + " bytes", null);
    }
  }

  /** One that prints without end is ended, which closes its other stream under its reader. */
  private CompletableFuture<byte[]> read(
      Process process, InputStream stream, AtomicBoolean tooMuch) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            byte[] bytes = stream.readNBytes(most + 1);
            if (bytes.length > most) {
              tooMuch.set(true);
              process.destroyForcibly();
            }
            read.complete(bytes);
          } catch (IOException e) {
            read.completeExceptionally(e);
          }
        });
    return read;
  }

  private void write(Process process) {
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // It reads no input, or has ended: its answer says how that was.
    }
  }

  private static byte[] rest(CompletableFuture<byte[]> read)
      throws ProgramException, InterruptedException {
    try {
      return read.get(AFTER_ITS_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ProgramException(
          "it ended, and a program that it started still holds its output open", e);
    } catch (ExecutionException e) {
      throw new ProgramException("its output could not be read: " + e.getCause(), e.getCause());
    }
  }

  private void requireProgram() throws ProgramException {
    String program = line.getFirst();
    String path = Optional.ofNullable(environment.get("PATH")).orElse("");
    boolean there =
        program.contains("/")
            ? Files.isExecutable(Path.of(program))
            : Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!there) {
      throw new ProgramException(
          program.contains("/") ? "there is no such program" : "no such program is on PATH " + path,
          null);
    }
  }
}
