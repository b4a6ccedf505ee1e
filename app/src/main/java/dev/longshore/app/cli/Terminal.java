package dev.longshore.app.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.demo.ProgressDisplay;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.http.QueryClient;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Where commands write: results to stdout, progress and errors to stderr. On a terminal, progress
 * is one line that is overwritten; elsewhere, plain lines.
 */
final class Terminal implements ProgressDisplay {
  private static final String CLEAR_LINE = "\r\u001b[2K";
  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private boolean lineOpen;

  Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  /** Whether stderr is a terminal that can move its cursor. */
  static boolean isInteractive() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        && !"dumb".equals(System.getenv("TERM"))
        && System.getenv("CI") == null;
  }

  /** For the log of programs that log to stderr. */
  PrintStream stderr() {
    return err;
  }

  synchronized void result(String line) {
    endLine();
    out.println(line);
    out.flush();
  }

  void result(List<String> lines) {
    lines.forEach(this::result);
  }

  void json(JsonNode node) {
    result(node.toPrettyString());
  }

  /** Writes a document whose parts are too many to be held at once. */
  @FunctionalInterface
  interface JsonBody {
    void writeTo(JsonGenerator out) throws IOException;
  }

  /** The same, written as it comes. */
  synchronized void json(JsonBody body) {
    endLine();
    try {
      JsonGenerator generator =
          new JsonFactory()
              .configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false)
              .createGenerator(out, JsonEncoding.UTF8)
              .useDefaultPrettyPrinter();
      body.writeTo(generator);
      generator.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the answer cannot be printed", e);
    }
    out.println();
    out.flush();
  }

  /** Whole lines. */
  synchronized void print(String lines) {
    endLine();
    out.print(lines);
    out.flush();
  }

  /** Prints a service's answer, and returns the exit code. */
  int answer(QueryClient.Told told) {
    print(told.printed());
    told.error().ifPresent(this::error);
    return told.exitCode();
  }

  /** Prints an answer, and returns the exit code. */
  int answer(Answer answer, boolean asJson) {
    print(answer.printed(asJson));
    if (answer.error() != null) {
      error(answer.error());
    }
    return answer.code().code();
  }

  @Override
  public synchronized void now(String what) {
    if (interactive) {
      err.print(CLEAR_LINE + what);
      lineOpen = true;
    } else {
      err.println(what);
    }
    err.flush();
  }

  @Override
  public synchronized void done(String what) {
    endLine();
    err.println(what);
    err.flush();
  }

  void error(String sentence) {
    done("longshore: " + Logs.redacted(sentence));
  }

  private void endLine() {
    if (lineOpen) {
      err.print(CLEAR_LINE);
      err.flush();
      lineOpen = false;
    }
  }
}
