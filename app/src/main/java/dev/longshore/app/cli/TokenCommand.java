package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.runtime.edge.access.NewEntry;
import dev.longshore.runtime.edge.access.NewToken;
import dev.longshore.runtime.edge.access.TokenEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code token}: the callers of a listener's {@code tokens-file}. */
@Command(
    name = "token",
    description = "Makes tokens for callers, or lists the callers in a tokens file.")
final class TokenCommand {
  private final Terminal terminal;
  private final Clock clock;

  TokenCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "new",
      description = {
        "Makes a token and prints it once; the tokens file holds only its hash.",
        "The token is the password of user NAME, or a bearer token.",
        "For a person or group it makes only an entry, because a proxy identifies them."
      })
  int make(
      @Parameters(paramLabel = "NAME", description = "name of the caller") String name,
      @ArgGroup @Nullable SpokenFor spokenFor,
      @Mixin TokenScopes scopes,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "tokens file to add it to; default: prints the entry")
          @Nullable Path file,
      @Option(names = "--json", description = "prints results as JSON") boolean json)
      throws CommandException {
    try {
      if (spokenFor != null) {
        NewEntry entry =
            NewEntry.of(
                name,
                spokenFor.holder(),
                scopes.scopes(),
                scopes.repositories(),
                scopes.end(clock));
        keep(entry, file);
        tell(name, entry, file, json);
      } else {
        NewToken token =
            NewToken.make(name, scopes.scopes(), scopes.repositories(), scopes.end(clock));
        keep(token.entry(), file);
        tell(name, token, file, json);
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException("%s could not be written: %s".formatted(file, e), e);
    }
    return ExitCode.COMPLETE.code();
  }

  private static void keep(NewEntry entry, @Nullable Path file) throws IOException {
    if (file != null) {
      entry.addTo(file);
    }
  }

  private void tell(String name, NewToken token, @Nullable Path file, boolean json) {
    String entry = token.entry().text();
    if (json) {
      terminal.json(result(name).put("token", token.reveal()).put("entry", entry));
      return;
    }
    terminal.done(
        file == null
            ? "the token, shown only once, and the entry for the tokens file, below tokens:"
            : "the token, shown only once; " + file + " has its hash");
    terminal.result(token.reveal());
    if (file == null) {
      terminal.result(entry.stripTrailing());
    }
  }

  private void tell(String name, NewEntry entry, @Nullable Path file, boolean json) {
    if (json) {
      terminal.json(result(name).put("entry", entry.text()));
    } else if (file == null) {
      terminal.done("the entry for the tokens file, below tokens:");
      terminal.result(entry.text().stripTrailing());
    } else {
      terminal.done(file + " has the entry of " + name);
    }
  }

  private static ObjectNode result(String name) {
    return JsonNodeFactory.instance.objectNode().put("name", name);
  }

  @Command(name = "list", description = "Lists the callers in a tokens file.")
  int list(
      @Option(names = "--file", required = true, paramLabel = "FILE", description = "tokens file")
          Path file,
      @Option(names = "--json", description = "prints results as JSON") boolean json)
      throws CommandException {
    List<TokenEntry> callers;
    try {
      callers = TokenEntry.of(file);
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    if (json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray("tokens");
      callers.forEach(caller -> new ListedCaller(caller).put(list.addObject()));
      terminal.json(answer);
    } else {
      Instant now = clock.instant();
      callers.forEach(caller -> terminal.result(new ListedCaller(caller).line(now)));
      terminal.result(callers.size() + (callers.size() == 1 ? " caller" : " callers"));
    }
    return ExitCode.COMPLETE.code();
  }
}
