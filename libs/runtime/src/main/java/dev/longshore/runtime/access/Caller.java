package dev.longshore.runtime.access;

import dev.longshore.events.Proof;
import java.util.Optional;

/**
 * Who calls.
 *
 * @param name for the audit log: of a token, the user of credentials, a certificate's CN
 * @param proof what showed it
 * @param subject of the certificate that was shown, if one was, whatever the proof
 */
public record Caller(String name, Proof proof, Optional<String> subject, Rights rights) {
  /** Somebody who was not asked. */
  public static final Caller ANONYMOUS =
      new Caller("anonymous", Proof.NONE, Optional.empty(), Rights.ALL);

  /**
   * Goes on if the caller may do this at all.
   *
   * @throws DeniedException if not
   */
  public void require(Scope scope) throws DeniedException {
    if (!rights.include(scope)) {
      throw new DeniedException(
          name
              + " may not do this: it needs scope "
              + scope.text()
              + " and has "
              + rights.scopes().stream().sorted().map(Scope::text).toList());
    }
  }
}
