package dev.longshore.resolver.site.neighbor;

import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import java.util.List;

/** Other nodes of the site, with which a node shares the line. */
public record NeighborSettings(
    @Setting(
            value = "0.0.0.0:5057",
            doc =
                "where this node answers its neighbors; only nodes of the same site get through its"
                    + " TLS")
        Listen listen,
    @Setting(
            doc =
                "where the site's nodes listen, such as [10.1.0.11:5057, 10.1.0.12:5057], or one"
                    + " name that has all of their addresses, such as nodes.shop.example:5057."
                    + " Names are looked up again every 30 s. This node may be among them")
        List<String> nodes) {
  public NeighborSettings {
    for (String node : nodes) {
      if (address(node).port() == 0) {
        throw new IllegalArgumentException("nodes: " + node + " (expected: a port above 0)");
      }
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes: none (expected: at least one host:port)");
    }
    nodes = List.copyOf(nodes);
  }

  static Listen address(String node) {
    try {
      return Listen.parse(node);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("nodes: \"" + node + "\" (expected: host:port)", e);
    }
  }
}
