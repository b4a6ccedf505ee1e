package dev.longshore.model.check;

/**
 * Looks at one part. What it finds wrong it takes down, and goes on where that makes sense; what it
 * throws is taken down for it.
 */
public interface Check {
  /** Such as {@code registry local}. */
  String part();

  /** Is interrupted when the time for it is over. */
  void look(Findings findings) throws Exception;
}
