package dev.longshore.app.ops;

import dev.longshore.runtime.edge.http.HttpFailure;
import java.util.HashMap;
import java.util.Map;

/** Headers of every answer of the page. */
final class PageHeaders {
  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=()");

  private PageHeaders() {}

  /** Those of one content, which is kept as the caching header says. */
  static Map<String, String> of(String mediaType, String caching) {
    Map<String, String> headers = new HashMap<>(ALWAYS);
    headers.put("Content-Type", mediaType);
    headers.put("Cache-Control", caching);
    return headers;
  }

  static Map<String, String> ofJson() {
    return of("application/json", "no-store");
  }

  /** The failure with these headers. */
  static HttpFailure on(HttpFailure failure) {
    Map<String, String> headers = new HashMap<>(ALWAYS);
    headers.put("Cache-Control", "no-store");
    headers.putAll(failure.headers());
    return new HttpFailure(
        failure.status(), failure.code(), failure.reason(), headers, failure.getCause());
  }
}
