package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An entry that a file of tokens does not have yet. */
public final class NewEntry {
  private static final String HEAD = "tokens:\n";

  /** The same without any entry. */
  private static final Pattern EMPTY = Pattern.compile("(?m)^tokens: *\\[ *] *\\R?");

  private final TokenSettings settings;

  private NewEntry(TokenSettings settings) {
    this.settings = settings;
  }

  /**
   * Makes one.
   *
   * @param repositories what pull and look-up are limited to
   * @throws IllegalArgumentException when there can be no such entry
   */
  public static NewEntry of(
      String name,
      Holder holder,
      List<Scope> scopes,
      List<String> repositories,
      Optional<Instant> expires) {
    return new NewEntry(TokenSettings.of(name, holder, scopes, repositories, expires));
  }

  /** As it stands in a file of tokens, below {@code tokens:}. */
  public String text() {
    StringBuilder entry = new StringBuilder();
    entry.append("  - name: ").append(quoted(settings.name())).append('\n');
    entry.append("    ").append(holder()).append('\n');
    entry
        .append("    scopes: ")
        .append(listed(settings.scopes().stream().map(Scope::text).toList()));
    if (!settings.repositories().isEmpty()) {
      entry.append("    repositories: ");
      entry.append(listed(settings.repositories().stream().map(NewEntry::quoted).toList()));
    }
    if (settings.expires() != null) {
      entry.append("    expires: ").append(settings.expires()).append('\n');
    }
    return entry.toString();
  }

  private String holder() {
    return switch (settings.holder()) {
      case Holder.Token(String sha256) -> "sha256: " + sha256;
      case Holder.Certificate(String commonName) -> "certificate: " + quoted(commonName);
      case Holder.Person(String name) -> "person: " + quoted(name);
      case Holder.Group(String name) -> "group: " + quoted(name);
    };
  }

  private static String listed(List<String> texts) {
    return texts.stream().collect(Collectors.joining(", ", "[", "]\n"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Adds it at the end of a file, which is made if there is none; all else in it stays as it is.
   *
   * @throws IllegalArgumentException when the file cannot be used, has the name already, or is
   *     written so that nothing can be added at its end; it is as it was then
   * @throws IOException when it cannot be written
   */
  public void addTo(Path file) throws IOException {
    boolean fresh = !Files.exists(file);
    int known = fresh ? 0 : Tokens.settings(file).size();
    String before = fresh ? HEAD : EMPTY.matcher(Files.readString(file)).replaceFirst(HEAD);
    String after = before + (before.endsWith("\n") ? "" : "\n") + text();
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
