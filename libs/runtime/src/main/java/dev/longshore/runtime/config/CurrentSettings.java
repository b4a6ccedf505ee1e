package dev.longshore.runtime.config;

import dev.longshore.rules.Rules;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The current peers and rules, and what a process's services build from them. All of it changes at
 * once, or nothing does. Work that began with an earlier state ends with that state.
 */
public final class CurrentSettings {
  private final List<Made<?>> made = new CopyOnWriteArrayList<>();
  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private volatile PeersAndRules now;

  public CurrentSettings(PeersAndRules first) {
    this.now = first;
  }

  /** Settings that never change. */
  public static CurrentSettings of(SharedSettings shared) {
    return new CurrentSettings(PeersAndRules.of(shared));
  }

  /** The current settings. */
  public PeersAndRules now() {
    return now;
  }

  /** The current rules. */
  public Rules rules() {
    return now.rules();
  }

  /**
   * Makes a value from the settings now, and again from each replacement. A step gets it once and
   * uses that value to its end.
   *
   * @param make throws when such settings cannot be used
   */
  public <T> Supplier<T> made(Function<PeersAndRules, T> make) {
    Made<T> one = new Made<>(make, now);
    made.add(one);
    return one;
  }

  /** Runs this each time the settings were replaced. */
  public void onReplaced(Runnable follower) {
    followers.add(follower);
  }

  /**
   * Replaces the settings, if every value made from them can be made again.
   *
   * @throws RuntimeException when it cannot; then nothing has changed
   */
  public synchronized void replace(PeersAndRules next) {
    made.forEach(one -> one.prepare(next));
    now = next;
    followers.forEach(Runnable::run);
  }

  private final class Made<T> implements Supplier<T> {
    private final Function<PeersAndRules, T> make;
    private volatile Of<T> current;
    private volatile Of<T> next;

    /** A value and the settings it was made from. */
    private record Of<T>(PeersAndRules settings, T value) {}

    Made(Function<PeersAndRules, T> make, PeersAndRules first) {
      this.make = make;
      this.current = new Of<>(first, make.apply(first));
      this.next = current;
    }

    /** A value prepared for refused settings never becomes current. */
    void prepare(PeersAndRules settings) {
      if (next.settings() == now) {
        current = next;
      }
      next = new Of<>(settings, make.apply(settings));
    }

    @Override
    public T get() {
      PeersAndRules settings = now;
      Of<T> prepared = next;
      return (prepared.settings() == settings ? prepared : current).value();
    }
  }
}
