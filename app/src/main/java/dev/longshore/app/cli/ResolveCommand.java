package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code resolve}: what is known of a name, digest or CID. */
@Command(name = "resolve", description = "Shows CIDs and copies of an image.")
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
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    try (CatalogView view = CatalogView.open(settings)) {
      Found found =
          new Lookup(
                  view.catalog(),
                  new KnownNames(settings.shared().registries()),
                  settings.shared().rules())
              .find(image);
      if (options.json) {
        terminal.json(FoundView.json(found));
      } else if (found.known()) {
        terminal.result(FoundView.lines(found));
      }
      if (!found.known()) {
        terminal.error(
            image + " is not known; 'longshore why " + image + "' says what was looked at");
      }
      return found.exitCode().code();
    }
  }
}
