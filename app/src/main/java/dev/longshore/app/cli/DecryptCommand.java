package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import dev.longshore.converter.keyholder.ImageAt;
import dev.longshore.converter.keyholder.ImageCopy;
import dev.longshore.converter.ocicrypt.PrivateKeys;
import dev.longshore.oci.Descriptor;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code decrypt}: an encrypted image as a plain one, for who has a key. */
@Command(
    name = "decrypt",
    description = {
      "Decrypts an image on this machine and writes the plain one.",
      "The private key stays here. Nothing is written under its final name before every byte was",
      "authenticated and every layer is the one that the config names."
    })
final class DecryptCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();
  @Mixin private final KeyOptions keys = new KeyOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(
      paramLabel = "REF|DIGEST|CID|PATH",
      description = "encrypted image, such as localhost:5055/team/app:v1-encrypted")
  private String image = "";

  DecryptCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    ImageOutput to = new ImageOutput(settings, output);
    to.require();
    ImageLocation location = new ImageLocation(settings);
    try (PrivateKeys read = keys.read(terminal)) {
      ImageAt at = location.find(image);
      var platforms = output.platforms();
      Descriptor top =
          to.deliver(
              // Under the encrypted image's name, plain layers would be pushed where it was.
              Optional.empty(),
              layout ->
                  ImageCopy.decrypt(
                      at, read, platforms, layout, name -> terminal.now("decrypting " + name)));
      to.tell(terminal, options.json, top);
    }
    terminal.error(ReadableParts.warning(image));
    return ExitCode.COMPLETE.code();
  }
}
