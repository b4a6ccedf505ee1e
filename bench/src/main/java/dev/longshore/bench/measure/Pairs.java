package dev.longshore.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;

/** Two contenders, measured in turn; who begins changes from pair to pair. */
public final class Pairs {
  private final List<Sample> ours;
  private final List<Sample> theirs;

  private Pairs(List<Sample> ours, List<Sample> theirs) {
    this.ours = List.copyOf(ours);
    this.theirs = List.copyOf(theirs);
  }

  /**
   * Measures.
   *
   * @param count pairs that count
   * @param warmUps pairs before them that do not
   * @param progress told in a line of every pair
   */
  public static Pairs measure(
      int count, int warmUps, Contender ours, Contender theirs, Consumer<String> progress)
      throws Exception {
    return measure(count, warmUps, ours, theirs, progress, i -> Math.floorMod(i, 2) == 0);
  }

  /** The same, where theirs needs what ours has made: we always begin. */
  public static Pairs measureInOrder(
      int count, int warmUps, Contender ours, Contender theirs, Consumer<String> progress)
      throws Exception {
    return measure(count, warmUps, ours, theirs, progress, _ -> true);
  }

  private static Pairs measure(
      int count,
      int warmUps,
      Contender ours,
      Contender theirs,
      Consumer<String> progress,
      IntPredicate oursBegins)
      throws Exception {
    List<Sample> our = new ArrayList<>();
    List<Sample> their = new ArrayList<>();
    for (int i = -warmUps; i < count; i++) {
      boolean weBegin = oursBegins.test(i);
      Sample first = (weBegin ? ours : theirs).run();
      Sample second = (weBegin ? theirs : ours).run();
      Sample one = weBegin ? first : second;
      Sample other = weBegin ? second : first;
      progress.accept(
          "%s %d: ours %.3f s, theirs %.3f s"
              .formatted(
                  i < 0 ? "warm-up" : "pair",
                  i < 0 ? i + warmUps + 1 : i + 1,
                  one.seconds(),
                  other.seconds()));
      if (i >= 0) {
        our.add(one);
        their.add(other);
      }
    }
    return new Pairs(our, their);
  }

  /** Our time by theirs, pair by pair. */
  public Median timeRatio() {
    return ratio(Sample::seconds);
  }

  /** Our speed by theirs, pair by pair. */
  public Median speedRatio() {
    return ratio(s -> 1 / s.seconds());
  }

  /** Our CPU time for a byte by theirs, pair by pair. */
  public Median cpuRatio() {
    return ratio(Sample::cpuSecondsPerGigabyte);
  }

  public Median ours(ToDoubleFunction<Sample> figure) {
    return median(ours, figure);
  }

  public Median theirs(ToDoubleFunction<Sample> figure) {
    return median(theirs, figure);
  }

  private Median ratio(ToDoubleFunction<Sample> figure) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(theirs.get(i)));
    }
    return Median.of(ratios);
  }

  private static Median median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
    return Median.of(samples.stream().map(figure::applyAsDouble).toList());
  }
}
