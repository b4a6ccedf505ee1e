package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Setting;
import java.util.Locale;
import java.util.regex.Pattern;

/** Headers in which a login proxy says who calls; metadata in gRPC. */
public record PersonHeaders(
    @Setting(
            value = "X-Forwarded-User",
            doc =
                "header in which a proxy with scope speak-for names the calling person; ignored"
                    + " from anyone else")
        String personHeader,
    @Setting(
            value = "X-Forwarded-Groups",
            doc = "header in which such a proxy names that person's groups, separated by commas")
        String groupsHeader) {

  /** Without an underscore: some proxies treat it like a hyphen, and strip only one of the two. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");

  /** The headers that proxies commonly send. */
  public static final PersonHeaders USUAL =
      new PersonHeaders("X-Forwarded-User", "X-Forwarded-Groups");

  public PersonHeaders {
    check("person-header", personHeader);
    check("groups-header", groupsHeader);
    if (personHeader.equalsIgnoreCase(groupsHeader)) {
      throw new IllegalArgumentException(
          "groups-header: " + groupsHeader + " is person-header too (expected: one for each)");
    }
  }

  private static void check(String key, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    // gRPC reserves names with this suffix for binary values.
    if (!NAME.matcher(name).matches() || lower.endsWith("-bin") || lower.equals("authorization")) {
      throw new IllegalArgumentException(
          key
              + ": \""
              + name
              + "\" (expected: the name of a header such as X-Forwarded-User, of a-z A-Z 0-9 -,"
              + " not Authorization, not ending in -bin)");
    }
  }
}
