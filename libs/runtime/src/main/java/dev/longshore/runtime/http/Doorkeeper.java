package dev.longshore.runtime.http;

import dev.longshore.runtime.config.Credentials;
import dev.longshore.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares what a caller shows with what is configured, in a time that tells nothing. */
final class Doorkeeper {
  private final @Nullable Credentials expected;

  Doorkeeper(@Nullable Credentials expected) {
    this.expected = expected;
  }

  /**
   * Lets the caller in or throws.
   *
   * @param shown all values of the Authorization header
   */
  void check(List<String> shown) throws HttpFailure {
    if (expected == null) {
      return;
    }
    String value = shown.size() == 1 ? shown.getFirst() : "";
    int space = value.indexOf(' ');
    String scheme = space < 0 ? "" : value.substring(0, space).toLowerCase(Locale.ROOT);
    String credential = space < 0 ? "" : value.substring(space + 1).strip();
    boolean right =
        switch (expected) {
          case Credentials.Basic(var username, var password) ->
              scheme.equals("basic")
                  && new Secret(username + ":" + password.reveal()).matches(decode(credential));
          case Credentials.Bearer(var token) ->
              scheme.equals("bearer") && token.matches(credential);
        };
    if (!right) {
      throw new HttpFailure(
          401,
          "UNAUTHORIZED",
          shown.isEmpty() ? "credentials are needed" : "these credentials are not accepted",
          Map.of("WWW-Authenticate", challenge(expected)),
          null);
    }
  }

  private static String challenge(Credentials expected) {
    return switch (expected) {
      case Credentials.Basic _ -> "Basic realm=\"longshore\", charset=\"UTF-8\"";
      case Credentials.Bearer _ -> "Bearer realm=\"longshore\"";
    };
  }

  private static String decode(String credential) {
    try {
      return new String(Base64.getDecoder().decode(credential), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }
}
