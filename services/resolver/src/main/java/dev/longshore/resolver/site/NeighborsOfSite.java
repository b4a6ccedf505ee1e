package dev.longshore.resolver.site;

import dev.longshore.resolver.site.neighbor.NeighborListener;
import dev.longshore.resolver.site.neighbor.NeighborRoutes;
import dev.longshore.resolver.site.neighbor.Neighborhood;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.settings.value.Listen;
import io.vertx.core.Vertx;

/**
 * What a node shares with the other nodes of its site.
 *
 * @param listen where they ask it
 * @param given what it gives them
 */
record NeighborsOfSite(
    Listen listen,
    Neighborhood neighborhood,
    GivenToNeighbors given,
    SiteFolder folder,
    ServiceContext context) {

  NeighborListener listener(Vertx vertx) {
    return new NeighborListener(
        (options, routes) ->
            new HttpEdge(vertx, options, routes, context.telemetry(), context.audit()),
        listen,
        new NeighborRoutes(neighborhood, given),
        folder::neighborTls);
  }
}
