package dev.longshore.model.check.testing;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.model.check.Findings;
import java.util.List;
import java.util.stream.Collectors;

/** What a check found, as the tests look at it. */
public record Found(List<Finding> all) {
  /** Looks. */
  public static Found by(Check check) throws Exception {
    Findings findings = new Findings(check.part());
    check.look(findings);
    return new Found(findings.all());
  }

  /** One line each, with what is to be done. */
  public String wrong() {
    return all.stream()
        .filter(Finding.Wrong.class::isInstance)
        .map(Finding.Wrong.class::cast)
        .map(one -> one.tried() + ": " + one.found() + "; " + one.remedy())
        .collect(Collectors.joining("\n"));
  }

  /** One line each, with what is to be done. */
  public String warnings() {
    return all.stream()
        .filter(Finding.Warning.class::isInstance)
        .map(Finding.Warning.class::cast)
        .map(one -> one.tried() + ": " + one.found() + "; " + one.remedy())
        .collect(Collectors.joining("\n"));
  }

  /** One line each. */
  public String fine() {
    return all.stream()
        .filter(Finding.Fine.class::isInstance)
        .map(one -> one.tried() + ": " + one.found())
        .collect(Collectors.joining("\n"));
  }
}
