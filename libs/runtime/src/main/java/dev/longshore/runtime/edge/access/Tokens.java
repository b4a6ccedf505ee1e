package dev.longshore.runtime.edge.access;

import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The callers of a tokens file. Tokens are looked up by hash: the time of a look-up reveals only
 * the hash, which leads to no token, and takes one hash for any number of tokens.
 */
final class Tokens {
  /** Limit in characters; anything longer is not one of our tokens and is not hashed. */
  private static final int LONGEST_TOKEN = 256;

  private static final int PROBLEMS_SHOWN = 4;

  /** Limit in characters for a problem: it may repeat content of the file. */
  private static final int LONGEST_SHOWN = 300;

  /** A user who can write the file can make a token. */
  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private static final ConfigLoader<TokenList> LOADER = new ConfigLoader<>(TokenList.class);

  /** Callers of a file that was not read. */
  static final Tokens NONE = new Tokens(List.of());

  private final Map<String, Grant> byHash = new HashMap<>();
  private final Map<String, Grant> byCertificate = new HashMap<>();
  private final People people = new People();

  private Tokens(List<TokenSettings> all) {
    for (TokenSettings token : all) {
      Grant grant = token.grant();
      switch (token.holder()) {
        case Holder.Token(String sha256) -> add(sha256, grant);
        case Holder.Certificate(String commonName) -> byCertificate.put(commonName, grant);
        case Holder.Person(String name) -> people.addPerson(name, grant);
        case Holder.Group(String name) -> people.addGroup(name, grant);
      }
    }
  }

  private void add(String sha256, Grant grant) {
    Grant same = byHash.put(sha256, grant);
    if (same != null) {
      throw new IllegalArgumentException(
          "%s and %s have the same sha256 (expected: a token of its own for each)"
              .formatted(same.name(), grant.name()));
    }
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with every problem and its place, and without any token
   */
  static Tokens read(Path file) {
    return of(file, settings(file));
  }

  /** The entries of the file, in order. */
  static List<TokenSettings> settings(Path file) {
    try {
      requireOwners(file);
      return LOADER.load(new ConfigSources(file, Map.of(), List.of())).settings().tokens();
    } catch (ConfigException e) {
      throw new IllegalArgumentException(shown(e.problems()), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e, e);
    }
  }

  private static String shown(List<Problem> problems) {
    String first =
        problems.stream()
            .limit(PROBLEMS_SHOWN)
            .map(Problem::toString)
            .map(
                text ->
                    text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text)
            .collect(Collectors.joining("; "));
    int more = problems.size() - PROBLEMS_SHOWN;
    return more > 0 ? first + "; and " + more + " more" : first;
  }

  private static Tokens of(Path file, List<TokenSettings> all) {
    try {
      return new Tokens(all);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireOwners(Path file) throws IOException {
    if (Files.exists(file)
        && Files.getFileStore(file).supportsFileAttributeView("posix")
        && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
      throw new IllegalArgumentException(
          file
              + ": others than its owner may write it, and so make themselves a token (expected:"
              + " chmod 600)");
    }
  }

  /** The holder of this token. */
  Optional<Grant> ofToken(String token) {
    return token.length() > LONGEST_TOKEN
        ? Optional.empty()
        : Optional.ofNullable(byHash.get(sha256(token)));
  }

  /** The holder of this certificate. */
  Optional<Grant> ofCertificate(String commonName) {
    return Optional.ofNullable(byCertificate.get(commonName));
  }

  /** The persons and groups for whom proxies may speak. */
  People people() {
    return people;
  }

  static String sha256(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this Java: use a complete JDK 25", e);
    }
  }
}
