package dev.longshore.app.cli;

import dev.longshore.app.AddressCache;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command {@code longshore} with its subcommands. */
@Command(
    name = "longshore",
    description =
        "Mirrors container images onto your own IPFS nodes, and serves them at edge sites.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:complete", "1:error", "2:usage", "3:incomplete, such as 2 of 3 copies"})
public final class LongshoreCommand {
  private LongshoreCommand() {}

  /** Runs one command line and returns its exit code. */
  public static int run(String[] arguments, PrintStream out, PrintStream err) {
    Terminal terminal = new Terminal(out, err, Terminal.isInteractive());
    // Until a command says otherwise.
    Logs.ofShortCommand(err, List.of(arguments).contains("--debug"));
    return commandLine(terminal, List.of(arguments))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(arguments);
  }

  static CommandLine commandLine(Terminal terminal, List<String> arguments) {
    CommandLine root = new CommandLine(new LongshoreCommand(), new LateFactory());
    Subcommand.all(terminal, root).forEach(subcommand -> subcommand.addTo(root, arguments));
    root.getCommandSpec().addOption(helpOption());
    return root.setExecutionStrategy(new Work())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> misused(terminal, e))
        .setExecutionExceptionHandler((e, command, _) -> failed(terminal, e, command));
  }

  /**
   * The option that every command has. Not an annotation: on the first one, picocli searches every
   * jar of the class path for Groovy.
   */
  static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .type(boolean.class)
        .usageHelp(true)
        .description("shows this help")
        .build();
  }

  /** Runs the command; usage texts are printed before. */
  private static final class Work extends RunLast {
    @Override
    protected List<Object> handle(ParseResult parsed) {
      AddressCache.keepShort();
      return super.handle(parsed);
    }
  }

  private static int misused(Terminal terminal, ParameterException e) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    terminal.error(e.getMessage() + " ('" + name + " --help' says more)");
    return ExitCode.USAGE.code();
  }

  private static int failed(Terminal terminal, Exception e, CommandLine command) {
    terminal.error(sentence(e));
    boolean debug =
        command.getCommandSpec().findOption("--debug") != null
            && Boolean.TRUE.equals(command.getCommandSpec().findOption("--debug").getValue());
    if (debug) {
      java.io.StringWriter trace = new java.io.StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      terminal.done(trace.toString().stripTrailing());
    }
    return e instanceof QueryException known ? known.code().code() : ExitCode.ERROR.code();
  }

  private static String sentence(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
