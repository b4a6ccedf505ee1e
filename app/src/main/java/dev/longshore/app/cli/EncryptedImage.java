package dev.longshore.app.cli;

import dev.longshore.app.keyholder.ImageAt;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.PrivateKeys;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** An encrypted image, keys that open it, and the destination of the result. */
final class EncryptedImage {
  @Mixin private final CommonOptions options = new CommonOptions();
  @Mixin private final KeyOptions keys = new KeyOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(
      paramLabel = "REF|DIGEST|CID|PATH",
      description = "encrypted image, such as localhost:5055/team/app:v1-encrypted")
  private String image = "";

  /** Makes another image from it. */
  @FunctionalInterface
  interface Change {
    Descriptor of(ImageAt image, PrivateKeys keys, List<Platform> platforms, OciLayoutWriter layout)
        throws IOException;
  }

  String name() {
    return image;
  }

  /**
   * Makes and delivers the other image, and reports it.
   *
   * @param takesName whether the result keeps the name, unless an option gives another
   */
  void change(Terminal terminal, boolean takesName, Change change)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    ImageOutput to = new ImageOutput(settings, output);
    to.require();
    ImageLocation location = new ImageLocation(settings);
    try (PrivateKeys read = keys.read(terminal)) {
      ImageAt at = location.find(image);
      List<Platform> platforms = output.platforms();
      Descriptor top =
          to.deliver(
              takesName ? location.nameOf(image) : Optional.empty(),
              layout -> change.of(at, read, platforms, layout));
      to.tell(terminal, options.json, top);
    }
    terminal.error(ReadableParts.warning(image));
  }
}
