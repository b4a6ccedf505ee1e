package dev.longshore.model;

import java.util.regex.Pattern;

/**
 * A tag of a repository. Records may contain an invalid one; {@link #parse} accepts only valid
 * ones.
 *
 * @param text any text; if parsed, by the distribution grammar, at most 128 characters
 */
public record Tag(String text) implements Comparable<Tag> {
  private static final Pattern GRAMMAR = Pattern.compile(RepositoryName.Grammar.TAG);

  /**
   * Parses a tag.
   *
   * @throws OciFormatException if it is invalid
   */
  public static Tag parse(String text) {
    return new Tag(text).checked();
  }

  /**
   * This tag.
   *
   * @throws OciFormatException if the stored text is invalid
   */
  public Tag checked() {
    if (!GRAMMAR.matcher(text).matches()) {
      throw OciFormatException.of(
          "tag", text, "1 to 128 of letters, digits, _ . -, first a letter, digit or _");
    }
    return this;
  }

  @Override
  public int compareTo(Tag other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
