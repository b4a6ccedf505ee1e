package dev.longshore.converter.ocicrypt;

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

  private static final long SECONDS = 60;

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
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end within " + SECONDS + " s: " + command);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("gpg refuses: " + Files.readString(log).strip());
    }
    return Files.readAllBytes(out);
  }

  @Override
  public void close() throws IOException {
    Process end =
        new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent").start();
    try {
      end.waitFor(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
