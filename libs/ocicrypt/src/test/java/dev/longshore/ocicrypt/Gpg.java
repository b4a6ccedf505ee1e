package dev.longshore.ocicrypt;

import dev.longshore.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** GnuPG with a home of its own; its agent ends with it. */
final class Gpg implements AutoCloseable {
  static final String PASSWORD = "sesame open";

  private final String program;
  private final Path home;

  Gpg(Path home) throws IOException, InterruptedException {
    this.program = Programs.find("gpg").toString();
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
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "--homedir",
                home.toString(),
                "--batch",
                "--yes",
                "--no-permission-warning",
                "--pinentry-mode",
                "loopback"));
    command.addAll(List.of(arguments));
    Path out = home.resolve("out");
    Path log = home.resolve("log");
    ToolRun.run(
        "gpg",
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(log.toFile()),
        log);
    return Files.readAllBytes(out);
  }

  @Override
  public void close() throws IOException {
    Process end =
        new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent").start();
    try {
      end.waitFor(ToolRun.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
