package dev.longshore.oci.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case: {@code basic}, {@code bearer}
 * @param parameters names in lower case; quoted values may hold commas
 */
record Challenge(String scheme, Map<String, String> parameters) {
  /** Longest header to read; a registry's challenge is shorter. */
  private static final int LIMIT = 8 * 1024;

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(v -> !v.isEmpty());
  }

  /** Challenges of all header lines; never throws, but skips the rest of an unreadable line. */
  static List<Challenge> parse(List<String> headers) {
    var challenges = new ArrayList<Challenge>();
    for (String header : headers) {
      new Parser(header.length() > LIMIT ? header.substring(0, LIMIT) : header)
          .readInto(challenges);
    }
    return challenges;
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    void readInto(List<Challenge> challenges) {
      skip(" \t,");
      String scheme = token();
      while (!scheme.isEmpty()) {
        var parameters = new LinkedHashMap<String, String>();
        String next = parameters(parameters);
        challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters));
        scheme = next;
      }
    }

    /**
     * Reads {@code name=value} pairs; returns the token after them, which starts a new challenge.
     */
    private String parameters(Map<String, String> into) {
      while (true) {
        skip(" \t,");
        String name = token();
        int afterName = at;
        skip(" \t");
        if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
          at = afterName;
          return name;
        }
        at++;
        skip(" \t");
        into.putIfAbsent(name.toLowerCase(Locale.ROOT), value());
      }
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return upTo(" \t,");
      }
      var value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at = Math.min(at + 1, text.length());
      return value.toString();
    }

    private String token() {
      return upTo(" \t,=\"");
    }

    /** Looser than RFC tokens: some registries leave a URL unquoted. */
    private String upTo(String separators) {
      int start = at;
      while (at < text.length() && separators.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }
  }
}
