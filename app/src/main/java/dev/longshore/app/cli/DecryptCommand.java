package dev.longshore.app.cli;

import dev.longshore.app.keyholder.ImageCopy;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code decrypt}: makes an encrypted image plain, given a key. */
@Command(
    name = "decrypt",
    description = {
      "Decrypts an image on this machine and writes the plain one.",
      "The private key stays here. The output gets its final name only when every byte is"
          + " authenticated and every layer matches the config."
    })
final class DecryptCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final EncryptedImage image = new EncryptedImage();

  DecryptCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    image.change(
        terminal,
        // Under the encrypted image's name, plain layers would be pushed where it was.
        false,
        (encrypted, keys, platforms, layout) ->
            ImageCopy.decrypt(
                encrypted, keys, platforms, layout, name -> terminal.now("decrypting " + name)));
    return ExitCode.COMPLETE.code();
  }
}
