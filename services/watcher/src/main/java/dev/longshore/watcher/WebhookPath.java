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

  static WebhookPath of(String path, Set<String> names) {
    String rest = path.substring(PREFIX.length());
    int slash = rest.lastIndexOf('/');
    return slash > 0 && !names.contains(rest) && names.contains(rest.substring(0, slash))
        ? new WebhookPath(rest.substring(0, slash), rest.substring(slash + 1))
        : new WebhookPath(rest, null);
  }

  /** A path as logs may have it: nothing after a slash, unless it belongs to a name. */
  static String shown(String path, Set<String> names) {
    WebhookPath parsed = of(path, names);
    String source = parsed.source();
    int slash = names.contains(source) ? -1 : source.indexOf('/');
    return parsed.secret() == null && slash < 0
        ? path
        : PREFIX + (slash < 0 ? source : source.substring(0, slash)) + "/***";
  }
}
