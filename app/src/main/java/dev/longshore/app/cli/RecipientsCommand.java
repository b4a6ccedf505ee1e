package dev.longshore.app.cli;

import dev.longshore.app.keyholder.ImageCopy;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.ocicrypt.Recipients;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code recipients}: makes an encrypted image readable for other people, without encrypting it
 * again.
 */
@Command(
    name = "recipients",
    description = {
      "Lets other recipients decrypt an encrypted image.",
      "Only annotations change; the layers keep their bytes, digests and CIDs.",
      "Earlier recipients who kept the old annotations can still read the image. To exclude them,"
          + " encrypt the plain image again, with new keys."
    })
final class RecipientsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final EncryptedImage image = new EncryptedImage();

  @Option(
      names = "--add-recipient",
      paramLabel = "RECIPIENT",
      description = "who can decrypt too: jwe:public.pem, pkcs7:certificate.pem, pgp:./key.asc")
  private List<String> added = new ArrayList<>();

  @Option(
      names = "--recipient",
      paramLabel = "RECIPIENT",
      description = "who can decrypt from now on: anyone not named is removed")
  private List<String> exactly = new ArrayList<>();

  RecipientsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    if (added.isEmpty() == exactly.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "expected: either --recipient or --add-recipient, once or more", null);
    }
    Recipients recipients = recipients();
    image.change(
        terminal,
        true,
        (encrypted, keys, platforms, layout) ->
            ImageCopy.rewrap(
                encrypted,
                keys,
                recipients,
                exactly.isEmpty(),
                platforms,
                layout,
                name -> terminal.now("wrapping the key of " + name)));
    if (!exactly.isEmpty()) {
      terminal.error(
          "warning: former recipients of "
              + image.name()
              + " who kept its manifest can still read it; only a new encryption excludes them");
    }
    return ExitCode.COMPLETE.code();
  }

  private Recipients recipients() throws CommandException {
    try {
      return Recipients.parse(exactly.isEmpty() ? added : exactly, RecipientKeys::read);
    } catch (IOException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
