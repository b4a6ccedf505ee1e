package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A caller's entry in a tokens file, without secrets.
 *
 * @param holder the holder of these rights; a token by its hash
 */
public record TokenEntry(
    String name,
    Holder holder,
    List<Scope> scopes,
    List<String> repositories,
    Optional<Instant> expires) {

  /**
   * All callers of a file, in its order.
   *
   * @throws IllegalArgumentException when it cannot be used
   */
  public static List<TokenEntry> of(Path file) {
    Tokens.read(file);
    return Tokens.settings(file).stream().map(TokenEntry::of).toList();
  }

  private static TokenEntry of(TokenSettings token) {
    return new TokenEntry(
        token.name(),
        token.holder(),
        token.scopes(),
        token.repositories(),
        Optional.ofNullable(token.expires()));
  }
}
