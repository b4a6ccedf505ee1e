package dev.longshore.app.query.find;

/** Numbers with what they count. */
public final class CountText {
  private CountText() {}

  /** {@code 1 image}, {@code 3 images}. */
  public static String of(long number, String one, String several) {
    return number + " " + (number == 1 ? one : several);
  }
}
