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

/** An entry to add to a tokens file. */
public final class NewEntry {
  private static final String HEAD = "tokens:\n";

  /** The same without any entry. */
  private static final Pattern EMPTY = Pattern.compile("(?m)^tokens: *\\[ *] *\\R?");

  private final TokenSettings settings;

  private NewEntry(TokenSettings settings) {
    this.settings = settings;
  }

  /**
   * Makes an entry.
   *
   * @param repositories the limits of pull and look-up
   * @throws IllegalArgumentException when the entry would be invalid
   */
  public static NewEntry of(
      String name,
      Holder holder,
      List<Scope> scopes,
      List<String> repositories,
      Optional<Instant> expires) {
    return new NewEntry(TokenSettings.of(name, holder, scopes, repositories, expires));
  }

  /** Its text in a tokens file, below {@code tokens:}. */
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
   * Appends it to a file, creating the file if needed, and leaves the rest unchanged.
   *
   * @throws IllegalArgumentException when the file cannot be used, already has the name, or has a
   *     layout to which nothing can be appended; the file is unchanged then
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
