package dev.longshore.model;

import java.util.regex.Pattern;

/**
 * A tag of a repository. Records may hold one that does not fit the grammar; {@link #parse} takes
 * none.
 *
 * @param text any; by the distribution grammar where it was parsed, at most 128 characters
 */
public record Tag(String text) implements Comparable<Tag> {
  private static final Pattern GRAMMAR = Pattern.compile(RepositoryName.Grammar.TAG);

  /**
   * Reads a tag.
   *
   * @throws OciFormatException where it does not fit the grammar
   */
  public static Tag parse(String text) {
    return new Tag(text).checked();
  }

  /**
   * This tag.
   *
   * @throws OciFormatException where the stored text does not fit the grammar
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
