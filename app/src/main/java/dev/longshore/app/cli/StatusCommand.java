package dev.longshore.app.cli;

import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code status}: shows how much is mirrored, what is short of copies, what waits, and which peers
 * do not answer.
 */
@Command(
    name = "status",
    description = {
      "Shows images, copies, lag, peers and problems.",
      "For one image: its size in each mode, and what a site with the previous version still"
          + " needs."
    })
final class StatusCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "REF|DIGEST|CID",
      description = "one image; default: a summary of all")
  private @Nullable String image;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Asking asking = new Asking(terminal, options);
    String one = image;
    return one == null
        ? asking.answer("status", null, _ -> {}, Queries::status)
        : asking.answer(
            "status", one, queries -> queries.requireReadable(one), queries -> queries.status(one));
  }
}
