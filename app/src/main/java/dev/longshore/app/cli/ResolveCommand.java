package dev.longshore.app.cli;

import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code resolve}: shows what is known about a name, digest or CID. */
@Command(name = "resolve", description = "Shows the CIDs and copies of an image.")
final class ResolveCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      paramLabel = "REF|DIGEST|CID",
      description = "image, source digest, root CID or CID of an image DAG")
  private String image = "";

  ResolveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    return new Asking(terminal, options)
        .answer(
            "resolve",
            image,
            queries -> queries.requireReadable(image),
            queries -> queries.resolve(image));
  }
}
