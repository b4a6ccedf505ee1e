package dev.longshore.model.check;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes down what is found of one part, while it is looked at: a late answer costs no other. */
public final class Findings {
  private final String part;
  private final List<Finding> all = new CopyOnWriteArrayList<>();

  /** Of a part that is named so. */
  public Findings(String part) {
    this.part = part;
  }

  /** It is as it must be. */
  public void fine(String tried, String found) {
    all.add(new Finding.Fine(part, tried, found));
  }

  /** It works, but perhaps not for long, or not as well as it could. */
  public void warning(String tried, String found, String remedy) {
    all.add(new Finding.Warning(part, tried, found, remedy));
  }

  /** It does not work. */
  public void wrong(String tried, String found, String remedy) {
    all.add(new Finding.Wrong(part, tried, found, remedy));
  }

  /** What is wrong so far, in words; none if nothing is. */
  public Optional<String> objection() {
    return all.stream()
        .filter(Finding.Wrong.class::isInstance)
        .map(Finding::text)
        .reduce((one, next) -> one + "; " + next);
  }

  /** So far, in the order in which it was found. */
  public List<Finding> all() {
    return List.copyOf(all);
  }
}
