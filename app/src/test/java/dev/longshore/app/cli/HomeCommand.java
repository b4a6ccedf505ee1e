package dev.longshore.app.cli;

import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.parts.DevelopmentHome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;

/**
 * A command that answers and ends, run in this JVM as it would be in one of its own with that
 * LONGSHORE_HOME: starting a JVM takes longer than most commands. Programs that stay, and whatever
 * is about their process, are a {@link dev.longshore.app.LongshoreProcess}.
 */
public final class HomeCommand {
  private HomeCommand() {}

  /**
   * Runs a command to its end. Two of the same home must not run at once: a lock on a file of it is
   * the JVM's.
   */
  public static Ended run(Path home, Duration limit, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    FutureTask<Integer> command =
        new FutureTask<>(
            () -> LongshoreCommand.run(line(home, arguments), stream(out), stream(err)));
    Thread.ofPlatform().daemon().name("longshore " + arguments[0]).start(command);
    try {
      int code = command.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Ended(code, text(out), text(err));
    } catch (TimeoutException e) {
      throw new AssertionError("not ended within " + limit + ": " + text(out) + text(err), e);
    }
  }

  /** What the variable says, as options: it names the home, and the settings of its run. */
  private static String[] line(Path home, String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    CommandLine command = command(arguments);
    if (command.getCommandSpec().findOption("--set") != null) {
      line.addAll(List.of("--set", "home=" + home));
    }
    Path settings = new DevelopmentHome(home).config();
    if (command.getCommandSpec().findOption("--config") != null
        && !line.contains("--config")
        && !line.contains("-c")
        && Files.exists(settings)) {
      line.addAll(List.of("--config", settings.toString()));
    }
    return line.toArray(String[]::new);
  }

  private static CommandLine command(String... arguments) {
    CommandLine command =
        LongshoreCommand.commandLine(
            new Terminal(System.out, System.err, false), List.of(arguments));
    for (String argument : arguments) {
      CommandLine subcommand = command.getSubcommands().get(argument);
      if (subcommand == null) {
        break;
      }
      command = subcommand;
    }
    return command;
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
