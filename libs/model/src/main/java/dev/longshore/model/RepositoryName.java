package dev.longshore.model;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A repository of a registry: {@code docker.io/library/alpine}.
 *
 * @param repository path components by the distribution grammar, at most 255 characters together
 *     with the host
 */
public record RepositoryName(RegistryHost host, String repository)
    implements Comparable<RepositoryName> {
  /** Characters of host, slash and repository: the limit that distribution's parser sets. */
  public static final int MAX_LENGTH = 255;

  private static final Pattern REPOSITORY = Pattern.compile(Grammar.REPOSITORY);
  private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
  private static final Comparator<RepositoryName> ORDER =
      Comparator.comparing(RepositoryName::host).thenComparing(RepositoryName::repository);

  /** The regular expressions of the distribution grammar, possessive so that they stay linear. */
  static final class Grammar {
    private static final String COMPONENT = "[a-z0-9]++(?:(?:[._]|__|-++)[a-z0-9]++)*+";
    static final String REPOSITORY = COMPONENT + "(?:/" + COMPONENT + ")*+";
    static final String TAG = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";

    private Grammar() {}
  }

  public RepositoryName {
    int length = host.value().length() + 1 + repository.length();
    if (length > MAX_LENGTH) {
      throw OciFormatException.of(
          "repository",
          repository,
          "at most " + MAX_LENGTH + " characters with host, is " + length);
    }
    if (!repository.equals(repository.toLowerCase(Locale.ROOT))) {
      throw OciFormatException.of("repository", repository, "lower-case letters only");
    }
    if (!REPOSITORY.matcher(repository).matches()) {
      throw OciFormatException.of(
          "repository", repository, "letters and digits, separated by one of . _ __ - or /");
    }
    if (host.equals(RegistryHost.DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
  }

  /**
   * Reads a name as people write it: without a host it is one of Docker Hub, and {@code library/}
   * is added where Docker Hub needs it.
   */
  public static RepositoryName parse(String text) {
    if (IDENTIFIER.matcher(text).matches()) {
      throw OciFormatException.of("repository", text, "a name, not 64 hex digits of an image id");
    }
    int slash = text.indexOf('/');
    if (slash < 0 || !looksLikeHost(text.substring(0, slash))) {
      return new RepositoryName(RegistryHost.DOCKER_HUB, text);
    }
    return canonical(text);
  }

  /**
   * Reads what {@link #toString} gives: the first component is the host, whatever it looks like.
   */
  public static RepositoryName canonical(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw OciFormatException.of("repository", text, "host/repository, there is no slash");
    }
    return new RepositoryName(
        new RegistryHost(text.substring(0, slash)), text.substring(slash + 1));
  }

  private static boolean looksLikeHost(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  @Override
  public int compareTo(RepositoryName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return host + "/" + repository;
  }
}
