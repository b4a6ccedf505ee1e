package dev.longshore.model;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A repository of a registry, {@code docker.io/library/alpine}, parsed or as stored in a record.
 *
 * <p>A parsed name is normalized: lower-case host, one name for Docker Hub. {@link #stored} keeps
 * any two texts. Names are equal when both texts are, like keys.
 */
public final class RepositoryName implements Comparable<RepositoryName> {
  /** Characters of host, slash and repository: the limit that distribution's parser sets. */
  public static final int MAX_LENGTH = 255;

  private static final Pattern REPOSITORY = Pattern.compile(Grammar.REPOSITORY);
  private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
  private static final Comparator<RepositoryName> ORDER =
      Comparator.comparing(RepositoryName::registry).thenComparing(RepositoryName::repository);

  private final String registry;
  private final String repository;

  private RepositoryName(String registry, String repository) {
    this.registry = registry;
    this.repository = repository;
  }

  /** The regular expressions of the distribution grammar, possessive so that they stay linear. */
  static final class Grammar {
    private static final String COMPONENT = "[a-z0-9]++(?:(?:[._]|__|-++)[a-z0-9]++)*+";
    static final String REPOSITORY = COMPONENT + "(?:/" + COMPONENT + ")*+";
    static final String TAG = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";

    private Grammar() {}
  }

  /**
   * The repository with this path.
   *
   * @param repository path components by the distribution grammar, at most 255 characters together
   *     with the host
   */
  public RepositoryName(RegistryHost host, String repository) {
    this(host.value(), normal(host, repository));
  }

  /** Wraps any texts from a record's registry and repository fields. */
  public static RepositoryName stored(String registry, String repository) {
    return new RepositoryName(registry, repository);
  }

  private static String normal(RegistryHost host, String repository) {
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
    return host.equals(RegistryHost.DOCKER_HUB) && repository.indexOf('/') < 0
        ? "library/" + repository
        : repository;
  }

  /**
   * Parses a name as people write it: without a host it is on Docker Hub, with {@code library/}
   * added if Docker Hub needs it.
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

  /** Parses the result of {@link #toString}: the first component is always the host. */
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

  /**
   * This name, normalized.
   *
   * @throws OciFormatException if the stored texts are not a name
   */
  public RepositoryName checked() {
    return new RepositoryName(host(), repository);
  }

  /** The registry's host and port, as in the name. */
  public String registry() {
    return registry;
  }

  /**
   * The registry's host and port.
   *
   * @throws OciFormatException if the stored text is invalid
   */
  public RegistryHost host() {
    return new RegistryHost(registry);
  }

  /** The path below the registry. */
  public String repository() {
    return repository;
  }

  @Override
  public int compareTo(RepositoryName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryName that
        && registry.equals(that.registry)
        && repository.equals(that.repository);
  }

  @Override
  public int hashCode() {
    return 31 * registry.hashCode() + repository.hashCode();
  }

  @Override
  public String toString() {
    return registry + "/" + repository;
  }
}
