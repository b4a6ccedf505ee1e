package dev.longshore.app.doctor;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What a check found, as the tests look at it. */
record Found(List<Finding> all) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  static Found by(Check check) throws InterruptedException {
    return new Found(new Examination(LIMIT).of(List.of(check)));
  }

  /** One line each, with what is to be done. */
  String wrong() {
    return all.stream()
        .filter(Finding.Wrong.class::isInstance)
        .map(Finding.Wrong.class::cast)
        .map(one -> one.tried() + ": " + one.found() + "; " + one.remedy())
        .collect(Collectors.joining("\n"));
  }

  /** One line each, with what is to be done. */
  String warnings() {
    return all.stream()
        .filter(Finding.Warning.class::isInstance)
        .map(Finding.Warning.class::cast)
        .map(one -> one.tried() + ": " + one.found() + "; " + one.remedy())
        .collect(Collectors.joining("\n"));
  }

  /** One line each. */
  String fine() {
    return all.stream()
        .filter(Finding.Fine.class::isInstance)
        .map(one -> one.tried() + ": " + one.found())
        .collect(Collectors.joining("\n"));
  }
}
