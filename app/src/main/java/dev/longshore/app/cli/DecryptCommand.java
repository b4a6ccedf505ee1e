package dev.longshore.app.cli;

import dev.longshore.app.keyholder.ImageCopy;
import dev.longshore.app.query.ExitCode;
import dev.longshore.app.query.QueryException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
