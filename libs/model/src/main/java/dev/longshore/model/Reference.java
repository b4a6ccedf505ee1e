package dev.longshore.model;

import java.util.Optional;
import java.util.function.Function;

/**
 * An image: a repository with a tag, a digest or both. If both are present, the digest decides.
 *
 * @param tag by the distribution grammar, at most 128 characters
 */
public record Reference(RepositoryName name, Optional<Tag> tag, Optional<Digest> digest) {
  private static final Tag DEFAULT_TAG = new Tag("latest");

  public Reference {
    if (tag.isEmpty() && digest.isEmpty()) {
      throw OciFormatException.of("reference", name.toString(), "a tag, a digest or both");
    }
    tag.ifPresent(Tag::checked);
  }

  public static Reference tagged(RepositoryName name, Tag tag) {
    return new Reference(name, Optional.of(tag), Optional.empty());
  }

  /**
   * The same with an unchecked tag.
   *
   * @throws OciFormatException if it is not a tag
   */
  public static Reference tagged(RepositoryName name, String tag) {
    return tagged(name, Tag.parse(tag));
  }

  public static Reference digested(RepositoryName name, Digest digest) {
    return new Reference(name, Optional.empty(), Optional.of(digest));
  }

  /** Reads a reference as people write it; without tag and digest it is {@code latest}. */
  public static Reference parse(String text) {
    return read(text, RepositoryName::parse);
  }

  /** Parses the result of {@link #toString}: the first component is always the host. */
  public static Reference canonical(String text) {
    return read(text, RepositoryName::canonical);
  }

  private static Reference read(String text, Function<String, RepositoryName> names) {
    if (text.isEmpty()) {
      throw OciFormatException.of("reference", text, "a name, it is empty");
    }
    int at = text.indexOf('@');
    Optional<Digest> digest =
        at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
    String named = at < 0 ? text : text.substring(0, at);
    int colon = named.lastIndexOf(':');
    if (colon < 0 || named.indexOf('/', colon) >= 0) {
      Optional<Tag> tag = digest.isPresent() ? Optional.empty() : Optional.of(DEFAULT_TAG);
      return new Reference(names.apply(named), tag, digest);
    }
    Tag tag = Tag.parse(named.substring(colon + 1));
    return new Reference(names.apply(named.substring(0, colon)), Optional.of(tag), digest);
  }

  /** The part after {@code /manifests/}: the digest if present, else the tag. */
  public String selector() {
    return digest.map(Digest::toString).or(() -> tag.map(Tag::text)).orElseThrow();
  }

  @Override
  public String toString() {
    return name + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
