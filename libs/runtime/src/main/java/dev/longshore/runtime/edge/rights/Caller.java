package dev.longshore.runtime.edge.rights;

import dev.longshore.events.Proof;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An identified caller.
 *
 * @param name for the audit log: a token's name, the user of credentials, a certificate's CN, or a
 *     person as its proxy names it
 * @param proof how the caller, or its proxy, proved its identity
 * @param subject of the certificate shown, if any, whatever the proof
 * @param through name of the proxy, if any
 */
public record Caller(
    String name, Proof proof, Optional<String> subject, Rights rights, Optional<String> through) {
  /** A caller on a listener without authentication. */
  public static final Caller ANONYMOUS =
      new Caller("anonymous", Proof.NONE, Optional.empty(), Rights.ALL);

  /** A caller without a proxy. */
  public Caller(String name, Proof proof, Optional<String> subject, Rights rights) {
    this(name, proof, subject, rights, Optional.empty());
  }

  /**
   * The key for limits: the caller's name, or its address if it has none.
   *
   * @param address of the other end of the connection; null if it is gone
   */
  public String countsTo(@Nullable String address) {
    return proof == Proof.NONE ? String.valueOf(address) : name;
  }

  /** A person for whom this caller, a proxy, calls. */
  public Caller speakingFor(String person, Rights theirs) {
    return new Caller(person, proof, subject, theirs, Optional.of(name));
  }

  /**
   * Checks that the caller has the scope.
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
