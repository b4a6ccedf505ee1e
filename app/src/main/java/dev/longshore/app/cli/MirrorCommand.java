package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.mirror.MirrorException;
import dev.longshore.app.mirror.MirrorSpec;
import dev.longshore.app.mirror.MirrorState;
import dev.longshore.app.mirror.MirroredRegistry;
import dev.longshore.app.mirror.Mirrors;
import dev.longshore.app.mirror.ResolverLogin;
import dev.longshore.app.query.find.ExitCode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirror}: points this machine's container runtime at a resolver. */
@Command(
    name = "mirror",
    description =
        "Points this machine's container runtime at a resolver, or back at its registries.")
final class MirrorCommand {
  private final Terminal terminal;
  private final Clock clock;

  MirrorCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "apply",
      description = {
        "Makes the runtime ask the resolver first, and its registries last.",
        "Saves what each file held before. If someone changed a file since, it changes none."
      })
  int apply(
      @Mixin CommonOptions options,
      @Mixin MirrorOptions machine,
      @Option(
              names = "--registry",
              paramLabel = "NAME[=URL]",
              description =
                  "registry to mirror, such as docker.io; _default: all without an entry of their"
                      + " own; default: the registries of the settings")
          @Nullable List<String> registries,
      @Option(
              names = "--resolver",
              paramLabel = "URL",
              defaultValue = "http://127.0.0.1:5050",
              description = "resolver to ask; default: ${DEFAULT-VALUE}")
          URI resolver,
      @Option(
              names = "--neighbour",
              paramLabel = "URL",
              description = "another resolver to ask next; may be repeated")
          @Nullable List<URI> neighbours,
      @Option(
              names = "--ca",
              paramLabel = "FILE",
              description =
                  "PEM file of the resolvers' authority, by the path that the runtime sees")
          @Nullable String ca,
      @Option(
              names = "--credential-file",
              paramLabel = "FILE",
              description =
                  "file with USER:PASSWORD or a token that the runtime sends to the resolvers")
          @Nullable Path credential,
      @Option(
              names = "--dial-timeout",
              paramLabel = "TIME",
              defaultValue = "1s",
              description = "how long to wait for a connection to each; default: ${DEFAULT-VALUE}")
          String dialTimeout,
      @Option(
              names = "--set-config-path",
              description = "sets containerd's config_path, if its settings do not")
          boolean setConfigPath)
      throws CommandException, InterruptedException {
    try {
      MirrorSpec spec =
          new MirrorSpec(
              resolver,
              neighbours == null ? List.of() : neighbours,
              registries == null
                  ? MirrorOptions.known(options)
                  : registries.stream().map(MirroredRegistry::parse).toList(),
              Optional.ofNullable(ca),
              credential == null ? Optional.empty() : Optional.of(ResolverLogin.of(credential)),
              MirrorOptions.time(dialTimeout));
      Mirrors.Done done =
          machine.mirrors(setConfigPath, clock).apply(spec, machine.dryRun, machine.restart());
      tell(done, machine, options.json, "is set already");
      return (done.incomplete().isEmpty() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (MirrorException e) {
      throw new CommandException("mirror apply: " + e.getMessage(), e);
    }
  }

  @Command(
      name = "remove",
      description = {
        "Restores each file to the byte, and deletes those that were not there before.",
        "If someone changed a file since, it changes none."
      })
  int remove(@Mixin CommonOptions options, @Mixin MirrorOptions machine)
      throws CommandException, InterruptedException {
    try {
      Mirrors.Done done = machine.mirrors(false, clock).remove(machine.dryRun, machine.restart());
      tell(done, machine, options.json, "has nothing of Longshore");
      return ExitCode.COMPLETE.code();
    } catch (MirrorException e) {
      throw new CommandException("mirror remove: " + e.getMessage(), e);
    }
  }

  private void tell(Mirrors.Done done, MirrorOptions machine, boolean json, String nothing) {
    if (json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var changes = answer.putArray("changes");
      done.changes()
          .forEach(
              change -> {
                ObjectNode each = changes.addObject().put("path", change.path());
                var lines = each.putArray("lines");
                change.lines().forEach(lines::add);
              });
      answer.put("dryRun", machine.dryRun);
      done.notes().forEach(answer.putArray("notes")::add);
      done.incomplete().forEach(answer.putArray("incomplete")::add);
      done.command().ifPresent(command -> answer.put("command", command));
      terminal.json(answer);
      return;
    }
    if (done.changes().isEmpty()) {
      terminal.result(machine.runtime + " " + nothing);
    }
    for (Mirrors.ChangedFile change : done.changes()) {
      terminal.result((machine.dryRun ? "would change " : "changed ") + change.path());
      if (machine.dryRun) {
        change.lines().forEach(line -> terminal.result("    " + line));
      }
    }
    done.notes().forEach(terminal::done);
    done.incomplete().forEach(missing -> terminal.done("not yet whole: " + missing.strip()));
    done.command()
        .ifPresent(
            command ->
                terminal.done(
                    machine.runtime + " reads it after: " + command + " (or with --restart)"));
  }

  @Command(
      name = "show",
      description =
          "Shows what apply set, whether someone changed it, and whether the resolvers answer.")
  int show(@Mixin CommonOptions options, @Mixin MirrorOptions machine)
      throws CommandException, InterruptedException {
    MirrorState state;
    try {
      state = machine.mirrors(false, clock).show();
    } catch (MirrorException e) {
      throw new CommandException("mirror show: " + e.getMessage(), e);
    }
    if (options.json) {
      terminal.json(json(state));
    } else if (!state.isSet()) {
      terminal.result(machine.runtime + ": nothing is set");
    } else {
      terminal.result(
          "%s: set by %s at %s for %s"
              .formatted(
                  machine.runtime, state.by(), state.at(), String.join(", ", state.registries())));
      state
          .files()
          .forEach(
              file ->
                  terminal.result(
                      "  %s %s%s"
                          .formatted(
                              file.path(),
                              file.change().orElse("is as it was written"),
                              file.kept() ? "; what was there before is kept" : "")));
      state.hosts().forEach(host -> terminal.result("  " + host.url() + " " + host.said()));
    }
    return (!state.isSet() || state.isWhole() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
  }

  private static ObjectNode json(MirrorState state) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("set", state.isSet());
    if (!state.isSet()) {
      return answer;
    }
    answer.put("at", state.at()).put("by", state.by()).put("whole", state.isWhole());
    state.registries().forEach(answer.putArray("registries")::add);
    var files = answer.putArray("files");
    state
        .files()
        .forEach(
            file -> {
              ObjectNode each = files.addObject().put("path", file.path());
              each.put("kept", file.kept());
              file.change().ifPresent(change -> each.put("change", change));
            });
    var hosts = answer.putArray("hosts");
    state
        .hosts()
        .forEach(
            host ->
                hosts
                    .addObject()
                    .put("url", host.url())
                    .put("answers", host.answers())
                    .put("said", host.said()));
    return answer;
  }
}
