package dev.longshore.runtime.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A token that nobody knows yet, and what a file of tokens has of it. */
public final class NewToken {
  /** Bytes: nobody guesses 256 bits, so a hash that is quick to compute hides them. */
  private static final int RANDOM_BYTES = 32;

  /** Finds tokens that were left in a script or a log. */
  private static final String PREFIX = "longshore_";

  private static final String HEAD = "tokens:\n";

  /** The same without any token. */
  private static final Pattern EMPTY = Pattern.compile("(?m)^tokens: *\\[ *] *\\R?");

  private final String token;
  private final TokenSettings settings;

  private NewToken(String token, TokenSettings settings) {
    this.token = token;
    this.settings = settings;
  }

  /**
   * Makes one.
   *
   * @param repositories what pull and look-up are limited to
   * @throws IllegalArgumentException when there can be no such token
   */
  public static NewToken make(
      String name, List<Scope> scopes, List<String> repositories, Optional<Instant> expires) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    @Nullable Instant end = expires.orElse(null);
    return new NewToken(
        token, new TokenSettings(name, Tokens.sha256(token), null, scopes, repositories, end));
  }

  /** The token itself, to be shown once. */
  public String reveal() {
    return token;
  }

  /** The entry of a file of tokens, below {@code tokens:}. */
  public String entry() {
    StringBuilder entry = new StringBuilder();
    entry.append("  - name: ").append(quoted(settings.name())).append('\n');
    entry.append("    sha256: ").append(settings.sha256()).append('\n');
    entry
        .append("    scopes: ")
        .append(listed(settings.scopes().stream().map(Scope::text).toList()));
    if (!settings.repositories().isEmpty()) {
      entry.append("    repositories: ");
      entry.append(listed(settings.repositories().stream().map(NewToken::quoted).toList()));
    }
    if (settings.expires() != null) {
      entry.append("    expires: ").append(settings.expires()).append('\n');
    }
    return entry.toString();
  }

  private static String listed(List<String> texts) {
    return texts.stream().collect(Collectors.joining(", ", "[", "]\n"));
  }

  /** Names and patterns have no quote. */
  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /**
   * Adds the entry at the end of a file, which is made if there is none; all else in it stays as it
   * is.
   *
   * @throws IllegalArgumentException when the file cannot be used, has the name already, or is
   *     written so that nothing can be added at its end; it is as it was then
   * @throws IOException when it cannot be written
   */
  public void addTo(Path file) throws IOException {
    boolean fresh = !Files.exists(file);
    int known = fresh ? 0 : Tokens.settings(file).size();
    String before = fresh ? HEAD : EMPTY.matcher(Files.readString(file)).replaceFirst(HEAD);
    String after = before + (before.endsWith("\n") ? "" : "\n") + entry();
    Path written = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(written);
    Files.createFile(
        written,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(written, after.getBytes(StandardCharsets.UTF_8));
      requireReadable(file, written, known + 1);
      Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  private static void requireReadable(Path file, Path written, int expected) {
    int found;
    try {
      Tokens.read(written);
      found = Tokens.settings(written).size();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "nothing can be added at the end of "
              + file
              + ": "
              + e.getMessage()
              + " (add the entry by hand)",
          e);
    }
    if (found != expected) {
      throw new IllegalArgumentException(
          "nothing can be added at the end of " + file + " (add the entry by hand)");
    }
  }
}
