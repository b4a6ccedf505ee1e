package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.util.List;
import java.util.function.Supplier;

/** Checks of one part, made when they begin: what keeps them from being made is what they found. */
record Later(String part, Supplier<List<Check>> checks) implements Check {
  @Override
  public void look(Findings findings) throws Exception {
    for (Check check : checks.get()) {
      check.look(findings);
    }
  }
}
