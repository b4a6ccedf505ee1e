package dev.longshore.app.ops;

import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.ListenerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cookie with a session's id. Browsers share cookies between the ports of a host, so its name
 * has the port in it.
 */
final class SessionCookie {
  private final String name;
  private final String attributes;

  SessionCookie(ListenerSettings listener) {
    boolean secure = listener.tls() != null;
    this.name = (secure ? "__Host-" : "") + "longshore-ops-" + listener.listen().port();
    this.attributes = "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
  }

  /** The header that has the browser keep it. */
  String set(String id, Duration time) {
    return name + "=" + id + attributes + "; Max-Age=" + time.toSeconds();
  }

  /** The header that has the browser forget it. */
  String clear() {
    return name + "=" + attributes + "; Max-Age=0";
  }

  /** The id that a browser sent; empty if there is none, or more than one. */
  Optional<String> of(CallHeaders headers) {
    List<String> found = new ArrayList<>();
    for (String line : headers.all("Cookie")) {
      for (String pair : line.split(";", -1)) {
        String text = pair.strip();
        if (text.startsWith(name + "=")) {
          found.add(text.substring(name.length() + 1));
        }
      }
    }
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }
}
