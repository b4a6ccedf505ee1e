package dev.longshore.app.ops;

import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.HttpFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Refuses what other pages have a browser send. A page that asks nobody for credentials trusts
 * whoever reaches it, and a name of a stranger that leads to this machine reaches it too.
 */
final class BrowserGuard {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+\\]");
  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

  private final boolean open;
  private final String scheme;
  private final Set<String> hosts;

  /**
   * @param hosts further names of this page
   */
  BrowserGuard(ListenerSettings listener, List<String> hosts) {
    this.open = !listener.asksWhoCalls();
    this.scheme = listener.scheme();
    this.hosts = new HashSet<>(hosts);
    this.hosts.add("localhost");
    this.hosts.add(listener.listen().host().toLowerCase(Locale.ROOT));
  }

  /**
   * Refuses a request under a name that is not this page's.
   *
   * @param headers all values of a header
   */
  void requireHost(Function<String, List<String>> headers) throws HttpFailure {
    List<String> shown = headers.apply("Host");
    String host =
        shown.size() == 1
            ? PORT.matcher(shown.getFirst().toLowerCase(Locale.ROOT)).replaceFirst("")
            : "";
    if (open && !hosts.contains(host) && !ADDRESS.matcher(host).matches()) {
      throw new HttpFailure(
          421,
          "MISDIRECTED",
          "this page does not answer under that name (expected: localhost, an address, or a name"
              + " in ops.hosts)");
    }
  }

  /** Refuses what another site's page had the browser ask for. */
  void requireOwn(Function<String, List<String>> headers) throws HttpFailure {
    Optional<String> site = one(headers, "Sec-Fetch-Site");
    if (site.isPresent()) {
      if (!site.get().equals("same-origin") && !site.get().equals("none")) {
        throw crossSite();
      }
      return;
    }
    requireOrigin(headers);
  }

  /** Refuses a change that does not come from this page itself, or from no page at all. */
  void requireOwnChange(Function<String, List<String>> headers) throws HttpFailure {
    Optional<String> site = one(headers, "Sec-Fetch-Site");
    if (site.isPresent()) {
      if (!site.get().equals("same-origin")) {
        throw crossSite();
      }
    } else {
      requireOrigin(headers);
    }
    // What a form of another site can send without asking first is of other types.
    String type = one(headers, "Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.startsWith("application/json;")) {
      throw new HttpFailure(
          415, "UNSUPPORTED", "Content-Type: \"" + type + "\" (expected: application/json)");
    }
  }

  /** Browsers send it with every change; programs need not. */
  private void requireOrigin(Function<String, List<String>> headers) throws HttpFailure {
    Optional<String> origin = one(headers, "Origin");
    String own = scheme + "://" + one(headers, "Host").orElse("");
    if (origin.isPresent() && !origin.get().equalsIgnoreCase(own)) {
      throw crossSite();
    }
  }

  private static Optional<String> one(Function<String, List<String>> headers, String name)
      throws HttpFailure {
    List<String> values = headers.apply(name);
    if (values.size() > 1) {
      throw new HttpFailure(400, "BAD_REQUEST", name + " is there " + values.size() + " times");
    }
    return values.stream().findFirst();
  }

  private static HttpFailure crossSite() {
    return new HttpFailure(
        403, "CROSS_SITE", "another site's page asked for this (expected: this page itself)");
  }
}
