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
      "Shows shared and new blocks of two images in a mode.",
      "Peers are asked only for inner nodes and manifests, not for layers."
    })
final class DiffCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(index = "0", paramLabel = "A", description = "what the edge has: name, digest or CID")
  private String has = "";

  @Parameters(index = "1", paramLabel = "B", description = "what it wants: name, digest or CID")
  private String wants = "";

  @Option(names = "--mode", paramLabel = "MODE", description = "all modes that both have if absent")
  private @Nullable String mode;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long counting may take, for each mode (default ${DEFAULT-VALUE})")
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
