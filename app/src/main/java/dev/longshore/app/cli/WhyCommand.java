package dev.longshore.app.cli;

import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code why}: says why an image is not there. */
@Command(
    name = "why",
    description = {
      "Shows why an image is missing: hints, rule, stage, last error, next try.",
      "With --site, shows what holds it up at that site, and what happens next."
    })
final class WhyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  @Option(
      names = "--site",
      paramLabel = "NAME",
      description = "site to ask about; needs a hub's settings")
  private @Nullable String site;

  WhyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Asking asking = new Asking(terminal, options);
    String at = site;
    return at == null
        ? asking.answer(
            "why", image, queries -> queries.requireMirrored(image), queries -> queries.why(image))
        : asking.answer(
            "site-why",
            image,
            at,
            queries -> queries.requireMirrored(image),
            queries -> queries.why(image, at));
  }
}
