package dev.longshore.resolver.hub;

import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.sites.SitePaths;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A request of a site for itself.
 *
 * @param caller who calls
 * @param group its group
 * @param path what comes after the site's name, by slashes
 */
record SiteCall(SiteCaller caller, SiteGroup group, List<String> path) {
  SiteCall {
    path = List.copyOf(path);
  }

  /** Tells requests of sites apart. */
  static final class Reader {
    private final SiteAdmissions admissions;
    private final Map<String, SiteGroup> groups;

    Reader(SiteAdmissions admissions, List<SiteGroup> groups) {
      this.admissions = admissions;
      this.groups =
          groups.stream()
              .collect(Collectors.toUnmodifiableMap(g -> g.line().name(), Function.identity()));
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
          admissions
              .of(exchange.visit().caller())
              .filter(site -> site.site().text().equals(path.getFirst()))
              .orElseThrow(
                  () ->
                      HttpFailure.denied(
                          "this credential is not one of site "
                              + path.getFirst()
                              + "; join it with a token of that site"));
      SiteGroup group = groups.get(caller.group());
      if (group == null) {
        throw new HttpFailure(
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
      return new SiteCall(caller, group, path.subList(1, path.size()));
    }
  }
}
