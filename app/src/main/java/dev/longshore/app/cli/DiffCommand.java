package dev.longshore.app.cli;

import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diff}: what an edge with one image still needs for another. */
@Command(
    name = "diff",
    description = {
      "Counts the blocks that two images share, and those that are new.",
      "Reads inner nodes and manifests from peers, but no layers."
    })
final class DiffCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "the image that the site has: name, digest or CID")
  private String has = "";

  @Parameters(
      index = "1",
      paramLabel = "B",
      description = "the image that it wants: name, digest or CID")
  private String wants = "";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "mode to compare; default: all that both have")
  private @Nullable String mode;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long counting may take for each mode; default: ${DEFAULT-VALUE}")
  private int timeout = 60;

  DiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Settings settings = options.settings();
    try (OwnCatalog catalog = new OwnCatalog(settings)) {
      Queries queries = new Queries(settings, catalog);
      Answer answer = queries.diff(has, wants, mode, Duration.ofSeconds(timeout));
      return terminal.answer(answer, options.json);
    }
  }
}
