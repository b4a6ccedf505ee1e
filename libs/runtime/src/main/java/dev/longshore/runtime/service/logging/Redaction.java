package dev.longshore.runtime.service.logging;

import dev.longshore.settings.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Removes secrets from text for people: the configured ones, and anything that looks like one. */
public final class Redaction {
  private static final String HIDDEN = "***";

  /** Shorter ones would also match parts of common words. */
  private static final int SHORTEST = 4;

  /** Credentials in an HTTP header, which are not always ours: for example a registry's token. */
  private static final Pattern HEADER =
      Pattern.compile("(?i)\\b(basic|bearer)(\\s+)[a-z0-9+/=._~-]{8,}");

  private static final Pattern USER_INFO = Pattern.compile("(?i)([a-z][a-z0-9+.-]*://)[^/@\\s]+@");

  private final List<Secret> secrets;
  private volatile Hidden hidden = new Hidden(Set.of(), List.of());

  /** Texts to hide: all current and former values, the longest first. */
  private record Hidden(Set<String> all, List<String> inOrder) {
    Hidden with(Set<String> more) {
      Set<String> now = new HashSet<>(all);
      now.addAll(more);
      return new Hidden(
          now,
          now.stream()
              .filter(secret -> secret.length() >= SHORTEST)
              .sorted(Comparator.comparingInt(String::length).reversed())
              .toList());
    }
  }

  public Redaction(Collection<Secret> secrets) {
    this.secrets = List.copyOf(secrets);
    var _ = inOrder();
  }

  /** A secret from a file changes with the file. */
  private List<String> inOrder() {
    Set<String> now = secrets.stream().map(Secret::reveal).collect(Collectors.toSet());
    Hidden known = hidden;
    if (!known.all().containsAll(now)) {
      known = known.with(now);
      hidden = known;
    }
    return known.inOrder();
  }

  /** The text without them. */
  public String apply(String text) {
    String shown = text;
    for (String secret : inOrder()) {
      shown = shown.replace(secret, HIDDEN);
    }
    if (mentions(shown, "basic") || mentions(shown, "bearer")) {
      shown = HEADER.matcher(shown).replaceAll("$1$2" + HIDDEN);
    }
    return shown.contains("://") ? USER_INFO.matcher(shown).replaceAll("$1" + HIDDEN + "@") : shown;
  }

  /** Few lines do, and each pattern takes ten times as long to find that out. */
  private static boolean mentions(String text, String word) {
    char first = word.charAt(0);
    for (int at = text.length() - word.length(); at >= 0; at--) {
      if ((text.charAt(at) | ' ') == first
          && text.regionMatches(true, at, word, 0, word.length())) {
        return true;
      }
    }
    return false;
  }
}
