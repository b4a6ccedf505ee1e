package dev.longshore.app.cli;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One of the subcommands. Parsing the options of all takes longer than most commands, so a
 * subcommand that no argument names gets a name and a description only.
 */
record Subcommand(Class<?> type, Supplier<Object> instance) {
  /** In the order of the usage text. */
  static List<Subcommand> all(Terminal terminal, CommandLine root) {
    return List.of(
        new Subcommand(DemoCommand.class, () -> new DemoCommand(terminal)),
        new Subcommand(UpCommand.class, () -> new UpCommand(terminal)),
        new Subcommand(PushCommand.class, () -> new PushCommand(terminal)),
        new Subcommand(SyncCommand.class, () -> new SyncCommand(terminal)),
        new Subcommand(ResolveCommand.class, () -> new ResolveCommand(terminal)),
        new Subcommand(InspectCommand.class, () -> new InspectCommand(terminal)),
        new Subcommand(DecryptCommand.class, () -> new DecryptCommand(terminal)),
        new Subcommand(RecipientsCommand.class, () -> new RecipientsCommand(terminal)),
        new Subcommand(StatusCommand.class, () -> new StatusCommand(terminal)),
        new Subcommand(LagCommand.class, () -> new LagCommand(terminal)),
        new Subcommand(PeerCommand.class, () -> new PeerCommand(terminal, Clock.systemUTC())),
        new Subcommand(SiteCommand.class, () -> new SiteCommand(terminal, Clock.systemUTC())),
        new Subcommand(MirrorCommand.class, () -> new MirrorCommand(terminal, Clock.systemUTC())),
        new Subcommand(GuardCommand.class, () -> new GuardCommand(terminal, Clock.systemUTC())),
        new Subcommand(
            BackfillCommand.class, () -> new BackfillCommand(terminal, Clock.systemUTC())),
        new Subcommand(PlanCommand.class, () -> new PlanCommand(terminal, Clock.systemUTC())),
        new Subcommand(DiffCommand.class, () -> new DiffCommand(terminal)),
        new Subcommand(WhyCommand.class, () -> new WhyCommand(terminal)),
        new Subcommand(HistoryCommand.class, () -> new HistoryCommand(terminal)),
        new Subcommand(ForgetCommand.class, () -> new ForgetCommand(terminal)),
        new Subcommand(ExplainCommand.class, () -> new ExplainCommand(terminal)),
        new Subcommand(ReplayCommand.class, () -> new ReplayCommand(terminal)),
        new Subcommand(ExportCommand.class, () -> new ExportCommand(terminal)),
        new Subcommand(ImportCommand.class, () -> new ImportCommand(terminal)),
        new Subcommand(WebhookCommand.class, () -> new WebhookCommand(terminal)),
        new Subcommand(TopicsCommand.class, () -> new TopicsCommand(terminal)),
        new Subcommand(TokenCommand.class, () -> new TokenCommand(terminal, Clock.systemUTC())),
        new Subcommand(ConfigCommand.class, () -> new ConfigCommand(terminal)),
        new Subcommand(DoctorCommand.class, () -> new DoctorCommand(terminal)),
        new Subcommand(ServiceCommand.class, () -> new ServiceCommand(terminal)),
        new Subcommand(PrepareCommand.class, () -> new PrepareCommand(terminal)),
        new Subcommand(VersionCommand.class, () -> new VersionCommand(terminal)),
        new Subcommand(CompletionCommand.class, () -> new CompletionCommand(terminal, root)));
  }

  /** Adds it, with its options if an argument names it. */
  void addTo(CommandLine root, List<String> arguments) {
    Command described = Objects.requireNonNull(type.getAnnotation(Command.class));
    if (mayNeed(described.name(), arguments)) {
      CommandLine whole = new CommandLine(instance.get(), root.getFactory());
      addHelp(whole);
      root.addSubcommand(whole);
    } else {
      CommandSpec brief =
          CommandSpec.wrapWithoutInspection(this, root.getFactory()).name(described.name());
      brief.usageMessage().description(described.description());
      root.addSubcommand(described.name(), brief);
    }
  }

  private static void addHelp(CommandLine command) {
    command.getCommandSpec().addOption(LongshoreCommand.helpOption());
    command.getSubcommands().values().forEach(Subcommand::addHelp);
  }

  /** A completion script contains all commands; an argument file may name any. */
  private static boolean mayNeed(String name, List<String> arguments) {
    return arguments.contains(name)
        || arguments.contains(CompletionCommand.NAME)
        || arguments.stream().anyMatch(argument -> argument.startsWith("@"));
  }
}
