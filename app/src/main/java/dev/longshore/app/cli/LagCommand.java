package dev.longshore.app.cli;

import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lag}: says how far sites, and copies at the centre, are behind. */
@Command(
    name = "lag",
    description = {
      "Shows how far behind each site is, the worst first, and which images lack copies.",
      "Shows sites only with the settings of a hub."
    })
final class LagCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(names = "--site", paramLabel = "NAME", description = "one site; default: all")
  private @Nullable String site;

  LagCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    String one = site;
    return new Asking(terminal, options)
        .answer("lag", null, one, _ -> {}, queries -> queries.lag(one));
  }
}
