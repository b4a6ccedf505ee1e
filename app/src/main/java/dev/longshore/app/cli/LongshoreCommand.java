package dev.longshore.app.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command {@code longshore} with its subcommands. */
@Command(
    name = "longshore",
    description = "Mirrors container images onto IPFS as they are pushed.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:complete", "1:error", "2:usage", "3:incomplete, 2 of 3 copies say"})
public final class LongshoreCommand {
  private LongshoreCommand() {}

  /** Runs one command line and returns its exit code. */
  public static int run(String[] arguments, PrintStream out, PrintStream err) {
    Terminal terminal = new Terminal(out, err, Terminal.isInteractive());
    // Until a command says otherwise.
    Logs.ofShortCommand(err, List.of(arguments).contains("--debug"));
    return commandLine(terminal)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(arguments);
  }

  static CommandLine commandLine(Terminal terminal) {
    CommandLine root =
        new CommandLine(new LongshoreCommand())
            .addSubcommand(new DemoCommand(terminal))
            .addSubcommand(new UpCommand(terminal))
            .addSubcommand(new PushCommand(terminal))
            .addSubcommand(new ResolveCommand(terminal))
            .addSubcommand(new InspectCommand(terminal))
            .addSubcommand(new DecryptCommand(terminal))
            .addSubcommand(new RecipientsCommand(terminal))
            .addSubcommand(new StatusCommand(terminal))
            .addSubcommand(new DiffCommand(terminal))
            .addSubcommand(new WhyCommand(terminal))
            .addSubcommand(new ExplainCommand(terminal))
            .addSubcommand(new ReplayCommand(terminal))
            .addSubcommand(new TopicsCommand(terminal))
            .addSubcommand(new TokenCommand(terminal, Clock.systemUTC()))
            .addSubcommand(new ConfigCommand(terminal))
            .addSubcommand(new DoctorCommand(terminal))
            .addSubcommand(new ServiceCommand(terminal))
            .addSubcommand(new PrepareCommand(terminal))
            .addSubcommand(new VersionCommand(terminal));
    root.addSubcommand(new CompletionCommand(terminal, root));
    for (CommandLine command : root.getSubcommands().values()) {
      command.addMixin("standard", new HelpOption());
    }
    root.addMixin("standard", new HelpOption());
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> misused(terminal, e))
        .setExecutionExceptionHandler((e, command, _) -> failed(terminal, e, command));
  }

  /** The option that every command has. */
  @Command
  static final class HelpOption {
    @CommandLine.Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "what the command does, and its options")
    boolean help;
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
    return e instanceof CommandException known ? known.code().code() : ExitCode.ERROR.code();
  }

  private static String sentence(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
