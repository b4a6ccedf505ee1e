package dev.longshore.ipfs.kubo;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A credential for a node's {@code API.Authorizations}. Its text never shows the secret. */
public sealed interface RpcCredential {
  /** For nodes without authorization. */
  record None() implements RpcCredential {
    @Override
    public Optional<String> header() {
      return Optional.empty();
    }
  }

  /** AuthSecret {@code bearer:TOKEN}. */
  record Bearer(String token) implements RpcCredential {
    public Bearer {
      if (!token.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException("token (expected: visible ASCII without spaces)");
      }
    }

    @Override
    public Optional<String> header() {
      return Optional.of("Bearer " + token);
    }

    @Override
    public String toString() {
      return "Bearer[...]";
    }
  }

  /** AuthSecret {@code basic:USER:PASSWORD}. */
  record Basic(String user, String password) implements RpcCredential {
    @Override
    public Optional<String> header() {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    @Override
    public String toString() {
      return "Basic[" + user + ":...]";
    }
  }

  /** Value of the Authorization header. */
  Optional<String> header();
}
