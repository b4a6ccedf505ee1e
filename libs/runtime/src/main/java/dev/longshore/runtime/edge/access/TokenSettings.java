package dev.longshore.runtime.edge.access;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.RepositoryPattern;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Setting;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One caller in a tokens file. */
record TokenSettings(
    @Setting(unique = "name", doc = "its name, for the audit log and as user of HTTP basic")
        String name,
    @Setting(doc = "SHA-256 of the token in hexadecimal; only its owner has the token itself")
        @Nullable String sha256,
    @Setting(unique = "certificate", doc = "CN of a certificate, in place of a token")
        @Nullable String certificate,
    @Setting(unique = "person", doc = "a person's name, from a proxy with scope speak-for")
        @Nullable String person,
    @Setting(unique = "group", doc = "a group's name, from such a proxy") @Nullable String group,
    @Setting(
            doc =
                "rights of the caller: pull, look-up, pins, decide, hint, health, metrics,"
                    + " speak-for")
        List<Scope> scopes,
    @Setting(value = "[]", doc = "repositories that limit pull and look-up")
        List<String> repositories,
    @Setting(doc = "expiry, such as 2027-01-31T00:00:00Z; never if absent")
        @Nullable Instant expires) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  TokenSettings {
    scopes = List.copyOf(scopes);
    repositories = List.copyOf(repositories);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: 1 to 64 of a-z A-Z 0-9 . _ @ -, a letter first)");
    }
    if (Stream.of(sha256, certificate, person, group).filter(Objects::nonNull).count() != 1) {
      throw new IllegalArgumentException(
          "expected one of sha256, certificate, person and group, and no two of them");
    }
    checkName("person", person);
    checkName("group", group);
    if (sha256 != null && !HASH.matcher(sha256).matches()) {
      // Do not repeat the value: it may be the token itself.
      throw new IllegalArgumentException(
          "sha256: expected 64 digits of 0-9 a-f, as longshore token new prints them");
    }
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("scopes: expected one at least");
    }
    if (scopes.contains(Scope.SPEAK_FOR) && (person != null || group != null)) {
      throw new IllegalArgumentException(
          "scopes: speak-for is for a proxy with a token or certificate; whom it speaks for speaks"
              + " for nobody else");
    }
    check(scopes, repositories);
  }

  static TokenSettings of(
      String name,
      Holder holder,
      List<Scope> scopes,
      List<String> repositories,
      Optional<Instant> expires) {
    return new TokenSettings(
        name,
        holder instanceof Holder.Token(String sha256) ? sha256 : null,
        holder instanceof Holder.Certificate(String commonName) ? commonName : null,
        holder instanceof Holder.Person(String person) ? person : null,
        holder instanceof Holder.Group(String group) ? group : null,
        scopes,
        repositories,
        expires.orElse(null));
  }

  private static void checkName(String key, @Nullable String name) {
    Optional.ofNullable(name)
        .flatMap(Forwarded::problem)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  key + ": " + problem + " (expected: it as the proxy sends it)");
            });
  }

  private static void check(List<Scope> scopes, List<String> repositories) {
    boolean everywhere = false;
    for (String text : repositories) {
      try {
        everywhere |= RepositoryPattern.parse(text).isEverything();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("repositories: " + e.getMessage(), e);
      }
    }
    if (repositories.isEmpty() && scopes.stream().anyMatch(Scope::isLimited)) {
      throw new IllegalArgumentException(
          "repositories: none, so nothing could be pulled or looked up (expected: patterns such as"
              + " docker.io/library/*, or ** for all)");
    }
    if (scopes.contains(Scope.PINS) && !repositories.isEmpty() && !everywhere) {
      throw new IllegalArgumentException(
          "scopes: pins covers the copies of every image and cannot be limited to repositories;"
              + " give it to a separate token");
    }
  }

  Holder holder() {
    if (sha256 != null) {
      return new Holder.Token(sha256);
    }
    if (certificate != null) {
      return new Holder.Certificate(certificate);
    }
    return person != null ? new Holder.Person(person) : new Holder.Group(String.valueOf(group));
  }

  Grant grant() {
    return new Grant(
        name,
        switch (holder()) {
          case Holder.Token _ -> Proof.TOKEN;
          case Holder.Certificate _ -> Proof.CERTIFICATE;
          case Holder.Person _, Holder.Group _ -> Proof.NONE;
        },
        Rights.of(Set.copyOf(scopes), repositories.stream().map(RepositoryPattern::parse).toList()),
        Optional.ofNullable(expires));
  }
}
