package dev.longshore.app.cli;

import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code history}: shows the versions of a tag and how each was learned. */
@Command(
    name = "history",
    description =
        "Lists the versions of a tag: when each came and left, how Longshore learned of it, how"
            + " late.")
final class HistoryCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  HistoryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    return new Asking(terminal, options)
        .answer(
            "history",
            image,
            queries -> queries.requireReadable(image),
            queries -> queries.history(image));
  }
}
