package dev.longshore.app.faults;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.oci.testing.Faults;
import dev.longshore.oci.testing.InMemoryRegistry;
import java.util.List;
import java.util.random.RandomGenerator;

/** Does to registry and peers, one at a time, what programs outside do. */
final class Disturbance {
  private static final List<Fault> PASSING =
      List.of(
          Fault.UNREACHABLE,
          Fault.TIMEOUT,
          Fault.STALLED,
          Fault.UNAUTHORIZED,
          Fault.FULL,
          Fault.FAILED,
          Fault.GARBLED);

  private final InMemoryRegistry registry;
  private final List<InMemoryIpfsNode> nodes;
  private final RandomGenerator random;

  Disturbance(InMemoryRegistry registry, List<InMemoryIpfsNode> nodes, RandomGenerator random) {
    this.registry = registry;
    this.nodes = List.copyOf(nodes);
    this.random = random;
  }

  /** The registry fails once, or is away until {@link #over}. */
  String registry(boolean garbage) {
    int kind = random.nextInt(garbage ? 8 : 6);
    switch (kind) {
      case 0 -> once(new dev.longshore.oci.testing.Fault.Status(500));
      case 1 -> once(new dev.longshore.oci.testing.Fault.Status(429));
      case 2 -> once(new dev.longshore.oci.testing.Fault.Status(401));
      case 3 -> once(new dev.longshore.oci.testing.Fault.CutAfter(random.nextInt(3) * 5));
      case 4 ->
          registry.faults().always(Faults.ANY, new dev.longshore.oci.testing.Fault.CutAfter(0));
      case 5 -> once(new dev.longshore.oci.testing.Fault.Page());
      case 6 -> once(new dev.longshore.oci.testing.Fault.WrongByte());
      default -> once(new dev.longshore.oci.testing.Fault.Garbage());
    }
    return "registry: fault " + kind;
  }

  private void once(dev.longshore.oci.testing.Fault fault) {
    registry.faults().next(Faults.ANY, fault);
  }

  /** Some peer fails a few times, goes away, sends nothing, is full, or recovers. */
  String kubo() {
    InMemoryIpfsNode node = anyNode();
    switch (random.nextInt(6)) {
      case 0 -> node.trouble().goDown();
      case 1 -> node.trouble().stallTransfers();
      case 2 -> node.trouble().limitStorage(random.nextInt(10_000));
      case 3 -> node.trouble().clear();
      default -> {
        Fault fault = PASSING.get(random.nextInt(PASSING.size()));
        int calls = 1 + random.nextInt(3);
        node.trouble().failNext(calls, fault);
        return node.name() + ": " + calls + " times " + fault;
      }
    }
    return node.name() + ": away, stalled, full or back";
  }

  InMemoryIpfsNode anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** Everything outside works again. */
  void over() {
    registry.faults().clear();
    nodes.forEach(node -> node.trouble().clear());
  }
}
