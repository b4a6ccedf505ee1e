package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.app.parts.Volumes;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.ipfs.kubo.KuboSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code prepare}: writes the files that containers start from. */
@Command(
    name = "prepare",
    description = {
      "Writes the files that a set of containers starts from, unless they exist.",
      "The name of each folder in FOLDER says what it gets: secrets, the swarm key, tokens and what"
          + " a hub needs; kubo-NAME, a Kubo repository; site-kubo-NAME, one with a swarm of its"
          + " own; registry-config, settings of the registry. deploy/compose is an example."
    })
final class PrepareCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "FOLDER", description = "where the volumes are mounted")
  private Path folder = Path.of("");

  @Option(
      names = "--owner",
      paramLabel = "UID",
      description = "user of the containers, who will own all the folders; needs root")
  private @Nullable Integer owner;

  @Option(
      names = "--storage-max",
      paramLabel = "SIZE",
      description = "most that a Kubo may store, in Kubo's notation (default: ${DEFAULT-VALUE})")
  private String storageMax = KuboSettings.STORAGE_MAX;

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description = "where the registry reports pushes to (default: ${DEFAULT-VALUE})")
  private URI webhook = URI.create("http://watcher:5052/hooks/local");

  PrepareCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    OptionalInt user = owner == null ? OptionalInt.empty() : OptionalInt.of(owner);
    List<String> made;
    try {
      made = new Volumes(folder, user).prepare(storageMax, webhook);
    } catch (IOException | UnsupportedOperationException e) {
      throw new CommandException(
          "%s could not be prepared: %s".formatted(folder, e.getMessage()), e);
    }
    if (options.json) {
      var answer = JsonNodeFactory.instance.objectNode();
      made.forEach(answer.putArray("made")::add);
      terminal.json(answer);
    } else {
      made.forEach(what -> terminal.result("made " + what));
      terminal.result(folder + " is prepared");
    }
    return ExitCode.COMPLETE.code();
  }
}
