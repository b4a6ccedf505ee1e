package dev.longshore.watcher;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of a notification: {@code /hooks/NAME}, or {@code /hooks/NAME/SECRET} for senders that
 * can show nothing else.
 *
 * @param source a registry's name, or what is in the place of one
 * @param known whether a registry has that name
 * @param secret a secret, if it shows one
 */
record WebhookPath(String source, boolean known, @Nullable String secret) {
  /** What logs have in the place of what may be a secret. */
  static final String HIDDEN = "***";

  static final String PREFIX = "/hooks/";

  /**
   * Takes it apart. A name may contain slashes; what follows the first slash of an unknown one may
   * be a secret.
   *
   * @param names of registries
   */
  static WebhookPath of(String path, Set<String> names) {
    String rest = path.substring(PREFIX.length());
    if (names.contains(rest)) {
      return new WebhookPath(rest, true, null);
    }
    int first = rest.indexOf('/');
    for (int slash = rest.lastIndexOf('/');
        slash > first;
        slash = rest.lastIndexOf('/', slash - 1)) {
      if (names.contains(rest.substring(0, slash))) {
        return new WebhookPath(rest.substring(0, slash), true, rest.substring(slash + 1));
      }
    }
    if (first < 0) {
      return new WebhookPath(rest, false, null);
    }
    String source = rest.substring(0, first);
    return new WebhookPath(source, names.contains(source), rest.substring(first + 1));
  }

  /** It as logs may have it: a secret may be in the place of the name. */
  String shown() {
    return PREFIX + (known ? source + (secret == null ? "" : "/" + HIDDEN) : HIDDEN);
  }
}
