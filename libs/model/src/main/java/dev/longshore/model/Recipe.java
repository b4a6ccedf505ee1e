package dev.longshore.model;

/**
 * Identifies everything, apart from the source, that changes the bytes of a conversion.
 *
 * @param text hex SHA-256 of the canonical recipe; another release may use another
 */
public record Recipe(String text) {
  @Override
  public String toString() {
    return text;
  }
}
