package dev.longshore.app.doctor;

import java.util.function.Supplier;

/** A check that is made when it begins: what keeps it from being made is what it found. */
record Later(String part, Supplier<Check> check) implements Check {
  @Override
  public void look(Findings findings) throws Exception {
    check.get().look(findings);
  }
}
