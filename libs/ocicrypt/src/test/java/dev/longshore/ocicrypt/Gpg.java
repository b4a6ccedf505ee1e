package dev.longshore.ocicrypt;

import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** GnuPG with a home of its own; its agent ends with it. */
final class Gpg implements AutoCloseable {
  static final String PASSWORD = "sesame open";

  private final Command gpg;
  private final Path home;

  Gpg(Path home) throws IOException, InterruptedException {
    this.gpg =
        Tools.ofProject()
            .command(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--yes",
                "--no-permission-warning",
                "--pinentry-mode",
                "loopback");
    this.home = home;
  }

  /** Makes a key. */
  void generate(String mail, String kind) throws IOException {
    run("--passphrase", PASSWORD, "--quick-generate-key", mail, kind, "default", "never");
  }

  byte[] publicKey(String mail) throws IOException {
    return run("--export", mail);
  }

  byte[] secretKey(String mail) throws IOException {
    return run("--passphrase", PASSWORD, "--export-secret-keys", mail);
  }

  byte[] armoredSecretKey(String mail) throws IOException {
    return run("--passphrase", PASSWORD, "--armor", "--export-secret-keys", mail);
  }

  byte[] decrypt(Path message) throws IOException {
    return run("--passphrase", PASSWORD, "--decrypt", message.toString());
  }

  private byte[] run(String... arguments) throws IOException {
    Path out = home.resolve("out");
    try {
      gpg.runTo(out, arguments);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return Files.readAllBytes(out);
  }

  @Override
  public void close() throws IOException {
    try {
      Command.of("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent").run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
