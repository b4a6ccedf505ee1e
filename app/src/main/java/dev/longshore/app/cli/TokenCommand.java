package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.runtime.access.NewToken;
import dev.longshore.runtime.access.Scope;
import dev.longshore.runtime.access.TokenEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code token}: the callers of a listener's {@code tokens-file}. */
@Command(name = "token", description = "Makes tokens for callers, lists those of a file.")
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
        "Makes a token and prints it, once: a file of tokens has its hash alone.",
        "The token is the password of user NAME, or a bearer token."
      })
  int make(
      @Parameters(paramLabel = "NAME", description = "who it is for") String name,
      @Mixin TokenScopes scopes,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "file of tokens to add it to; else the entry is printed")
          @Nullable Path file,
      @Option(names = "--json", description = "results as JSON") boolean json)
      throws CommandException {
    NewToken token;
    try {
      token = NewToken.make(name, scopes.scopes(), scopes.repositories(), scopes.end(clock));
      if (file != null) {
        token.addTo(file);
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException("%s could not be written: %s".formatted(file, e), e);
    }
    if (json) {
      terminal.json(
          JsonNodeFactory.instance
              .objectNode()
              .put("name", name)
              .put("token", token.reveal())
              .put("entry", token.entry()));
    } else {
      terminal.done(
          file == null
              ? "the token, which is shown once, and the entry for the file of tokens, below"
                  + " tokens:"
              : "the token, which is shown once; " + file + " has its hash");
      terminal.result(token.reveal());
      if (file == null) {
        terminal.result(token.entry().stripTrailing());
      }
    }
    return ExitCode.COMPLETE.code();
  }

  @Command(name = "list", description = "Lists the callers of a file of tokens.")
  int list(
      @Option(
              names = "--file",
              required = true,
              paramLabel = "FILE",
              description = "file of tokens")
          Path file,
      @Option(names = "--json", description = "results as JSON") boolean json)
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
      callers.forEach(caller -> put(list.addObject(), caller));
      terminal.json(answer);
    } else {
      callers.forEach(caller -> terminal.result(line(caller)));
      terminal.result(callers.size() + (callers.size() == 1 ? " token" : " tokens"));
    }
    return ExitCode.COMPLETE.code();
  }

  private static void put(ObjectNode node, TokenEntry caller) {
    node.put("name", caller.name());
    caller.certificate().ifPresent(name -> node.put("certificate", name));
    var scopes = node.putArray("scopes");
    caller.scopes().forEach(scope -> scopes.add(scope.text()));
    var repositories = node.putArray("repositories");
    caller.repositories().forEach(repositories::add);
    caller.expires().ifPresent(end -> node.put("expires", end.toString()));
  }

  private String line(TokenEntry caller) {
    String scopes = String.join(", ", caller.scopes().stream().map(Scope::text).toList());
    String repositories =
        caller.repositories().isEmpty() ? "" : " of " + String.join(", ", caller.repositories());
    return caller.name()
        + caller.certificate().map(name -> " (certificate " + name + ")").orElse("")
        + ": "
        + scopes
        + repositories
        + ending(caller.expires());
  }

  private String ending(Optional<Instant> end) {
    return end.map(at -> (clock.instant().isBefore(at) ? ", ends at " : ", ended at ") + at)
        .orElse("");
  }
}
