package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Secret;
import java.util.Optional;

/** A secret that a sender shows like a token or password. */
public final class SharedSecret {
  private SharedSecret() {}

  /** Whether the header {@code Authorization} shows it: as bearer token, or password of anyone. */
  public static boolean isShown(CallHeaders headers, Secret secret) {
    return switch (Presented.of(headers.all(Authenticator.AUTHORIZATION))) {
      case Presented.Bearer(String shown) -> secret.matches(shown);
      case Presented.Pair(_, String shown) -> secret.matches(shown);
      case Presented.Nothing(), Presented.Unreadable() -> false;
    };
  }

  /** The bearer token that the header {@code Authorization} shows. */
  public static Optional<String> bearer(CallHeaders headers) {
    return Presented.of(headers.all(Authenticator.AUTHORIZATION))
            instanceof Presented.Bearer(String shown)
        ? Optional.of(shown)
        : Optional.empty();
  }
}
