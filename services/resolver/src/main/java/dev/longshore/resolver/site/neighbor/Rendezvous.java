package dev.longshore.resolver.site.neighbor;

import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which nodes are responsible for an image DAG (highest random weight): all that know
 * the same nodes agree, and when one is gone, the others keep their order.
 */
final class Rendezvous {
  private Rendezvous() {}

  static List<String> order(Collection<String> nodes, ImageDag dag) {
    return nodes.stream()
        .distinct()
        .sorted(Comparator.comparing((String node) -> weight(node, dag)).reversed())
        .toList();
  }

  private static String weight(String node, ImageDag dag) {
    return Digest.of((node + "\n" + dag).getBytes(StandardCharsets.UTF_8)).hex();
  }
}
