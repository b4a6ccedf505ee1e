package dev.longshore.app.cli;

import dev.longshore.ocicrypt.PrivateKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Private keys, spelled as nerdctl does. */
final class KeyOptions {
  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE[:file=FILE|:env=NAME|:pass=PASSWORD]",
      description = {
        "private key: PEM, DER, JWK or OpenPGP; asks for the password of an encrypted key unless a"
            + " file or a variable holds it; other users can see a password on the command line"
      })
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--dec-recipient",
      paramLabel = "pkcs7:FILE",
      description =
          "certificate of a PKCS#7 recipient; accepted for nerdctl's sake, but not needed")
  private List<String> certificates = new ArrayList<>();

  /** Reads the keys; the caller closes them right after use. */
  PrivateKeys read(Terminal terminal) throws CommandException {
    List<String> all = new ArrayList<>(keys);
    all.addAll(certificates);
    if (keys.stream().anyMatch(KeyOptions::showsPassword)) {
      terminal.error(
          "warning: everyone who lists processes can see a password on the command line; give it"
              + " with :file= or :env=, or leave it out to be asked");
    }
    try {
      return PrivateKeys.parse(all, new OwnKeyFiles());
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean showsPassword(String key) {
    String rest = key.startsWith("pkcs7:") ? key.substring("pkcs7:".length()) : key;
    int colon = rest.indexOf(':');
    String password = rest.substring(colon + 1);
    return colon >= 0 && !password.startsWith("file=") && !password.startsWith("env=");
  }
}
