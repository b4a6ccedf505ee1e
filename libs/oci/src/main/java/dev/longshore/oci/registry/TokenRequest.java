package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;

/**
 * A request to a token server; also the key of its cached answer.
 *
 * @param service the registry's name for itself, perhaps empty
 */
record TokenRequest(URI realm, String service, String scope) {

  /** The request for a Bearer challenge with a safe realm. */
  static TokenRequest of(RegistryConfig config, Challenge bearer, TokenScope own, Attempt attempt)
      throws RegistryException {
    String realm =
        bearer
            .parameter("realm")
            .orElseThrow(
                () -> attempt.failed(Kind.UNSUPPORTED, "a Bearer challenge without a realm"));
    URI uri;
    try {
      uri = URI.create(realm);
    } catch (IllegalArgumentException e) {
      throw attempt.failed(Kind.UNSUPPORTED, "a Bearer challenge whose realm is not a URL", e);
    }
    HostRule.checkRealm(config, uri, attempt);
    return new TokenRequest(
        uri, bearer.parameter("service").orElse(""), bearer.parameter("scope").orElse(own.text()));
  }

  /** The address for GET. */
  URI uri() {
    String query = form(List.of());
    String separator = realm.getRawQuery() == null ? "?" : "&";
    return URI.create(realm + separator + query);
  }

  /**
   * The parameters as a form or query.
   *
   * @param more {@code name, value, name, value...}
   */
  String form(List<String> more) {
    var form = new StringJoiner("&");
    if (!service.isEmpty()) {
      form.add("service=" + encoded(service));
    }
    if (!scope.isEmpty()) {
      for (String one : scope.split(" ", -1)) {
        form.add("scope=" + encoded(one));
      }
    }
    for (int i = 0; i < more.size(); i += 2) {
      form.add(more.get(i) + "=" + encoded(more.get(i + 1)));
    }
    return form.toString();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
