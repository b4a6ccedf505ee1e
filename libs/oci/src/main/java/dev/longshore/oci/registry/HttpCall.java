package dev.longshore.oci.registry;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One HTTP request. Headers may hold credentials: it is never printed. */
record HttpCall(String method, URI uri, Map<String, String> headers, Optional<Upload> body) {
  HttpCall {
    headers = Map.copyOf(headers);
  }

  static HttpCall of(String method, URI uri, Map<String, String> headers) {
    return new HttpCall(method, uri, headers, Optional.empty());
  }

  static HttpCall get(URI uri, String accept) {
    return of("GET", uri, Map.of("Accept", accept));
  }

  HttpCall with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpCall(method, uri, more, body);
  }

  HttpCall withBody(Upload upload) {
    return new HttpCall(method, uri, headers, Optional.of(upload));
  }

  HttpCall at(URI target) {
    return new HttpCall(method, target, headers, body);
  }

  @Override
  public String toString() {
    return method + " " + Redacted.uri(uri);
  }
}
