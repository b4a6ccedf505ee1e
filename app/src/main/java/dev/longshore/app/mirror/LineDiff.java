package dev.longshore.app.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which lines of a file come and go; secrets are left out. */
final class LineDiff {
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(.*?(?:authorization|password|auth|token|secret)[\"']?\\s*[=:])\\s*\\S.*");

  private LineDiff() {}

  /** Lines with {@code +} or {@code -}, those that go first. */
  static List<String> of(Optional<StoredFile> from, Optional<StoredFile> to) {
    return of(lines(from), lines(to));
  }

  static List<String> of(List<String> from, List<String> to) {
    List<String> going = new ArrayList<>(from);
    List<String> coming = new ArrayList<>(to);
    to.forEach(going::remove);
    from.forEach(coming::remove);
    List<String> shown = new ArrayList<>();
    going.forEach(line -> shown.add("- " + masked(line)));
    coming.forEach(line -> shown.add("+ " + masked(line)));
    return shown;
  }

  private static List<String> lines(Optional<StoredFile> content) {
    return content.map(file -> file.text().lines().toList()).orElse(List.of());
  }

  private static String masked(String line) {
    return SECRET.matcher(line).replaceFirst("$1 ***");
  }
}
