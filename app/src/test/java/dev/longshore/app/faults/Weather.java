package dev.longshore.app.faults;

import java.util.random.RandomGenerator;

/**
 * How rough one seed is; rates are probabilities for each moment before or after an outside call.
 *
 * @param crashes that the calling service is killed
 * @param registryFaults that the registry's next answer fails
 * @param kuboFaults that some peer fails, fills up, stalls or goes away
 * @param garbage whether the registry's failures include wrong bytes
 * @param collections that some peer collects garbage
 * @param lostWebhooks that a push is not told of
 * @param brokenPushes that a push lacks a layer
 */
record Weather(
    double crashes,
    double registryFaults,
    double kuboFaults,
    boolean garbage,
    double collections,
    double lostWebhooks,
    double brokenPushes) {

  static Weather of(RandomGenerator random) {
    if (random.nextInt(8) == 0) {
      return new Weather(0, 0, 0, false, 0, 0, 0);
    }
    return new Weather(
        rate(random, 0.05),
        rate(random, 0.1),
        rate(random, 0.05),
        random.nextInt(8) == 0,
        rate(random, 0.03),
        rate(random, 0.6),
        rate(random, 0.2));
  }

  private static double rate(RandomGenerator random, double highest) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * highest;
  }

  /** Whether nothing happens that could make a service do something twice. */
  boolean isCalm() {
    return crashes == 0 && registryFaults == 0 && kuboFaults == 0 && collections == 0;
  }
}
