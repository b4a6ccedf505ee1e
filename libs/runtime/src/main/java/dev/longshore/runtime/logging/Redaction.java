package dev.longshore.runtime.logging;

import dev.longshore.runtime.config.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that people will read: the configured ones, and what looks like one.
 */
public final class Redaction {
  private static final String HIDDEN = "***";

  /** Shorter ones would also cut common words to pieces. */
  private static final int SHORTEST = 4;

  /** Credentials of an HTTP header, which are not always ours: a registry's token, say. */
  private static final Pattern HEADER =
      Pattern.compile("(?i)\\b(basic|bearer)(\\s+)[a-z0-9+/=._~-]{8,}");

  private static final Pattern USER_INFO = Pattern.compile("(?i)([a-z][a-z0-9+.-]*://)[^/@\\s]+@");

  private final List<String> secrets;

  public Redaction(Collection<Secret> secrets) {
    this.secrets =
        secrets.stream()
            .map(Secret::reveal)
            .filter(secret -> secret.length() >= SHORTEST)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** The text without them. */
  public String apply(String text) {
    String shown = text;
    for (String secret : secrets) {
      shown = shown.replace(secret, HIDDEN);
    }
    shown = HEADER.matcher(shown).replaceAll("$1$2" + HIDDEN);
    return USER_INFO.matcher(shown).replaceAll("$1" + HIDDEN + "@");
  }
}
