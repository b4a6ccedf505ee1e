package dev.longshore.runtime.edge.rights;

import dev.longshore.events.Proof;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param name for the audit log: of a token, the user of credentials, a certificate's CN, a person
 *     as its proxy names it
 * @param proof what showed it, or showed who the proxy is
 * @param subject of the certificate that was shown, if one was, whatever the proof
 * @param through name of the proxy that says so, if one does
 */
public record Caller(
    String name, Proof proof, Optional<String> subject, Rights rights, Optional<String> through) {
  /** Somebody who was not asked. */
  public static final Caller ANONYMOUS =
      new Caller("anonymous", Proof.NONE, Optional.empty(), Rights.ALL);

  /** One who calls without a proxy. */
  public Caller(String name, Proof proof, Optional<String> subject, Rights rights) {
    this(name, proof, subject, rights, Optional.empty());
  }

  /**
   * Whom limits count a call to: the name that was shown, or where it comes from if none was.
   *
   * @param address of the other end of the connection; none if it is gone
   */
  public String countsTo(@Nullable String address) {
    return proof == Proof.NONE ? String.valueOf(address) : name;
  }

  /** A person for whom this caller, a proxy, calls. */
  public Caller speakingFor(String person, Rights theirs) {
    return new Caller(person, proof, subject, theirs, Optional.of(name));
  }

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
