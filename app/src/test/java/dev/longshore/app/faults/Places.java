package dev.longshore.app.faults;

import dev.longshore.app.parts.Ports;
import dev.longshore.catalog.Catalog;
import java.util.List;
import java.util.Map;

/**
 * Where the programs of a cluster are asked.
 *
 * @param ports of registry and Kubo nodes
 * @param resolvers their ports
 * @param catalog what its topics hold
 * @param kafka settings of a client
 */
record Places(Ports ports, List<Integer> resolvers, Catalog catalog, Map<String, Object> kafka) {
  Places {
    resolvers = List.copyOf(resolvers);
    kafka = Map.copyOf(kafka);
  }
}
