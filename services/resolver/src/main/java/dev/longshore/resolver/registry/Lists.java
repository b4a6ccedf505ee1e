package dev.longshore.resolver.registry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/** Builds one page of a list with the link to the next. */
final class Lists {
  private Lists() {}

  /** Entries to look up for a page: one extra shows whether there is another page. */
  static int lookUp(PageRequest page) {
    return page.count() == 0 ? 0 : page.count() + 1;
  }

  /** The entries of the page, from those looked up. */
  static <T> List<T> entries(PageRequest page, List<T> lookedUp) {
    return lookedUp.subList(0, Math.min(page.count(), lookedUp.size()));
  }

  /**
   * Adds the link to the next page, if there is one (distribution specification, "Listing Tags").
   *
   * @param call the request, whose other parameters the link keeps
   * @param lookedUp the looked-up entries
   * @param last the page's last entry
   */
  static RegistryResponse link(
      RegistryResponse answer, RegistryCall call, PageRequest page, int lookedUp, String last) {
    if (page.count() == 0 || lookedUp <= page.count()) {
      return answer;
    }
    StringBuilder next = new StringBuilder(call.path());
    next.append("?n=").append(page.count()).append("&last=").append(encode(last));
    new TreeMap<>(call.query())
        .forEach(
            (name, value) -> {
              if (!name.equals("n") && !name.equals("last")) {
                next.append('&').append(encode(name)).append('=').append(encode(value));
              }
            });
    return answer.with("Link", "<" + next + ">; rel=\"next\"");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
