package dev.longshore.bench.edge;

/**
 * CPU seconds.
 *
 * @param centre registry, Kafka, services and all Kubos of the centre, the hub's own too
 * @param hub the hub
 * @param site the service of a site
 * @param kubo its Kubo
 */
record Cpu(double centre, double hub, double site, double kubo) {
  Cpu plus(Cpu other) {
    return new Cpu(centre + other.centre, hub + other.hub, site + other.site, kubo + other.kubo);
  }

  Cpu since(Cpu before) {
    return new Cpu(
        centre - before.centre, hub - before.hub, site - before.site, kubo - before.kubo);
  }

  @Override
  public String toString() {
    return "centre %.1f, hub %.1f, site %.1f, its Kubo %.1f".formatted(centre, hub, site, kubo);
  }
}
