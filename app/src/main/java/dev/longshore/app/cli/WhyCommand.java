package dev.longshore.app.cli;

import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code why}: says why an image is not there. */
@Command(
    name = "why",
    description = "Shows why an image is not there: hints, rule, stage, last error, next try.")
final class WhyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  WhyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    return new Asking(terminal, options)
        .answer(
            "why", image, queries -> queries.requireMirrored(image), queries -> queries.why(image));
  }
}
