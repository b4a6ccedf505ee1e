package dev.longshore.oci.registry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Status and headers of an answer.
 *
 * @param headers by lower-case name
 */
record AnswerHead(int status, Map<String, List<String>> headers) {
  List<String> all(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** Content-Length, if present and a number. */
  OptionalLong length() {
    String text = first("Content-Length").orElse("").strip();
    try {
      long length = Long.parseLong(text);
      return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether the length alone says where the body ends. */
  boolean delimited() {
    return length().isPresent() && all("Transfer-Encoding").isEmpty();
  }

  boolean succeeded() {
    return status >= 200 && status < 300;
  }

  /** Whether it is HTML, as from proxies and login pages, never from a registry. */
  boolean isWebPage() {
    return first("Content-Type").orElse("").toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  boolean redirects() {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }
}
