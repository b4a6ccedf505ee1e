package dev.longshore.watcher.sender;

/**
 * The CNCF registry, and GitLab's, which sends the same.
 *
 * @param name which of the two
 */
public record Distribution(String name) implements Sender {
  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    DistributionEvents.read(delivery.body(), changes);
  }
}
