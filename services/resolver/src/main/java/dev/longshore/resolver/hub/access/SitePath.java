package dev.longshore.resolver.hub.access;

import dev.longshore.model.SiteName;
import dev.longshore.sites.SitePaths;
import java.util.Optional;

/**
 * A path below {@link SitePaths#PREFIX}.
 *
 * @param what the action, such as {@code join}
 */
record SitePath(SiteName site, String what) {
  static final String JOIN = "join";
  static final String CREDENTIAL = "credential";

  /** Reads a path as it was sent; empty if it names no site. */
  static Optional<SitePath> of(String path) {
    if (!path.startsWith(SitePaths.PREFIX)) {
      return Optional.empty();
    }
    String rest = path.substring(SitePaths.PREFIX.length());
    int slash = rest.indexOf('/');
    return slash < 0 || !SiteName.isValid(rest.substring(0, slash))
        ? Optional.empty()
        : Optional.of(
            new SitePath(new SiteName(rest.substring(0, slash)), rest.substring(slash + 1)));
  }

  /** Whether a path has this action. */
  static boolean asksFor(String what, String path) {
    return of(path).filter(asked -> asked.what().equals(what)).isPresent();
  }
}
