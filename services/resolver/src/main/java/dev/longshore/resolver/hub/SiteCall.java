package dev.longshore.resolver.hub;

import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.sites.SitePaths;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A site's request about itself.
 *
 * @param caller the calling site
 * @param group its group
 * @param path segments after the site's name
 */
record SiteCall(SiteCaller caller, SiteGroup group, List<String> path) {
  SiteCall {
    path = List.copyOf(path);
  }

  /** Reads requests of sites. */
  static final class Reader {
    private final SiteAdmissions admissions;
    private final SiteGroups groups;

    Reader(SiteAdmissions admissions, SiteGroups groups) {
      this.admissions = admissions;
      this.groups = groups;
    }

    /**
     * Reads the path of a request.
     *
     * @throws HttpFailure 403 when it is not of that site
     */
    SiteCall of(Exchange exchange) throws HttpFailure {
      List<String> path =
          List.of(exchange.path().substring(SitePaths.PREFIX.length()).split("/", -1));
      SiteCaller caller =
          caller(exchange, path.getFirst())
              .orElseThrow(
                  () ->
                      HttpFailure.denied(
                          "this credential is not one of site "
                              + path.getFirst()
                              + "; join it with a token of that site"));
      SiteGroup group = groups.named(caller.group()).orElseThrow(() -> noGroup(caller));
      return new SiteCall(caller, group.with(caller), path.subList(1, path.size()));
    }

    private Optional<SiteCaller> caller(Exchange exchange, String name) {
      return admissions
          .of(exchange.visit().caller())
          .filter(site -> site.site().text().equals(name));
    }

    /** The body, cut off when its site is removed: it may take hours on a slow line. */
    ChunkSource whileAdmitted(Exchange exchange, SiteCall call, ChunkSource body) {
      String name = call.caller().site().text();
      return () -> {
        if (caller(exchange, name).isEmpty()) {
          throw new IOException("site " + name + " was shut out while it was answered");
        }
        return body.next();
      };
    }

    private static HttpFailure noGroup(SiteCaller caller) {
      return new HttpFailure(
          503,
          "NO_GROUP",
          "the hub's settings have no group "
              + caller.group()
              + ", which site "
              + caller.site()
              + " was added with; add it to sites.groups",
          Map.of("Retry-After", "60"),
          null);
    }
  }
}
