package dev.longshore.watcher;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of a notification: {@code /hooks/NAME}, or {@code /hooks/NAME/SECRET} for senders that
 * can show nothing else.
 *
 * @param source a registry's name, or what is in the place of one
 * @param secret a secret, if it shows one
 */
record WebhookPath(String source, @Nullable String secret) {
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
      return new WebhookPath(rest, null);
    }
    int first = rest.indexOf('/');
    for (int slash = rest.lastIndexOf('/');
        slash > first;
        slash = rest.lastIndexOf('/', slash - 1)) {
      if (names.contains(rest.substring(0, slash))) {
        return new WebhookPath(rest.substring(0, slash), rest.substring(slash + 1));
      }
    }
    return first < 0
        ? new WebhookPath(rest, null)
        : new WebhookPath(rest.substring(0, first), rest.substring(first + 1));
  }

  /** It as logs may have it. */
  String shown() {
    return PREFIX + source + (secret == null ? "" : "/***");
  }
}
