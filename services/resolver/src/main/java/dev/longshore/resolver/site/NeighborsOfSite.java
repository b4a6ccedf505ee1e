package dev.longshore.resolver.site;

import dev.longshore.resolver.site.neighbor.NeighborListener;
import dev.longshore.resolver.site.neighbor.NeighborRoutes;
import dev.longshore.resolver.site.neighbor.Neighborhood;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.settings.value.Listen;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What a node shares with the other nodes of its site.
 *
 * @param listen where they ask it
 * @param provider its own DAGs
 */
record NeighborsOfSite(
    Listen listen,
    Neighborhood neighborhood,
    SiteDagProvider provider,
    SiteFolder folder,
    ServiceContext context) {

  /**
   * Where they ask it.
   *
   * @param edges makes a listener for HTTP
   */
  NeighborListener listener(BiFunction<EdgeOptions, List<Route>, HttpEdge> edges) {
    return new NeighborListener(
        edges, listen, new NeighborRoutes(neighborhood, provider), folder::neighborTls);
  }
}
