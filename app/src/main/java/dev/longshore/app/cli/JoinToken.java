package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The token of {@code site join}: on the command line, where every user of the machine sees it, or
 * not.
 */
final class JoinToken {
  /** Bytes: a token is far shorter. */
  private static final int LONGEST = 4_096;

  private static final String STDIN = "-";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "token from 'site add', good once; - reads it from stdin, which hides it from ps")
  private @Nullable String text;

  @Option(names = "--token-file", paramLabel = "FILE", description = "file that holds the token")
  private @Nullable Path file;

  /** The token itself. */
  String read(InputStream standard) throws CommandException {
    String token;
    try {
      if (file != null) {
        try (InputStream in = Files.newInputStream(file)) {
          token = read("--token-file " + file, in);
        }
      } else if (STDIN.equals(text)) {
        token = read("--token -", standard);
      } else {
        token = String.valueOf(text);
      }
    } catch (IOException e) {
      throw new CommandException(ExitCode.USAGE, "--token-file: cannot be read: " + e, e);
    }
    return token;
  }

  private static String read(String what, InputStream in) throws IOException, CommandException {
    String token = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).strip();
    if (token.isEmpty() || token.contains("\n")) {
      throw new CommandException(
          ExitCode.USAGE, what + ": no token (expected: one line, as site add prints it)", null);
    }
    return token;
  }
}
