package dev.longshore.app.cli;

import dev.longshore.app.keyholder.InspectedImage;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code inspect}: shows the layers of an image, and who can read them. */
@Command(
    name = "inspect",
    description = {
      "Shows the layers of an image: type, size, and who can decrypt them.",
      "Also says whether a layer can be read lazily. Needs no key."
    })
final class InspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      paramLabel = "REF|DIGEST|CID|PATH",
      description = "image, as for resolve; or an OCI layout folder, or a saved tar")
  private String image = "";

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Settings settings = options.settings();
    List<InspectedImage> found;
    try {
      found = InspectedImage.of(new ImageLocation(settings).find(image));
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    if (options.json) {
      terminal.json(InspectView.json(image, found));
    } else {
      terminal.result(InspectView.lines(image, found));
    }
    if (found.stream().anyMatch(InspectedImage::encrypted)) {
      terminal.error(ReadableParts.warning(image));
    }
    return ExitCode.COMPLETE.code();
  }
}
