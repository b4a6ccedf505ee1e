package dev.longshore.estargz;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;

/**
 * Whether the machine has libdeflate, in a version that gives this release's bytes.
 *
 * @param needed whether a rule asks for eStargz; a push may do so, too
 */
public record LibraryCheck(Runnable library, boolean needed) implements Check {
  private static final String TRIED = "compress a sample with libdeflate";

  /** With the library that the machine has. */
  public LibraryCheck(boolean needed) {
    this(LazyFormat.ESTARGZ::requireLibrary, needed);
  }

  @Override
  public String part() {
    return "libdeflate";
  }

  @Override
  public void look(Findings findings) {
    try {
      library.run();
      findings.fine(TRIED, "version 1.14 to 1.18, whose bytes are this release's");
    } catch (IllegalStateException e) {
      String remedy = "apt-get install libdeflate0 on the converter's machine";
      if (needed) {
        findings.wrong(TRIED, String.valueOf(e.getMessage()), remedy);
      } else {
        findings.warning(
            TRIED,
            String.valueOf(e.getMessage()),
            "nothing unless a push or a rule asks for eStargz; then " + remedy);
      }
    }
  }
}
