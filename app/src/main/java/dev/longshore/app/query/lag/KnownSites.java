package dev.longshore.app.query.lag;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLags;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a hub knows of its sites.
 *
 * @param sites all there are
 * @param reports the last ones of nodes to hubs
 * @param lags how far they are behind
 */
public record KnownSites(List<SiteCredentialsState> sites, List<SiteState> reports, SiteLags lags) {
  public KnownSites {
    sites = List.copyOf(sites);
    reports = List.copyOf(reports);
  }

  /** Who knows the sites; nobody does without the settings of a hub. */
  @FunctionalInterface
  public interface Source {
    /** Empty if it is no hub's. */
    Optional<KnownSites> now() throws QueryException, InterruptedException;

    /** Of whoever is no hub. */
    Source NONE = Optional::empty;
  }

  /** Of each site, the worst first. */
  public List<SiteLag> behind() {
    return lags.of(sites, reports);
  }

  /** What is the matter with a name's image at one of them. */
  public SiteLag.Image image(SiteLag lag, RepositoryName name, @Nullable Tag tag) {
    SiteCredentialsState site =
        sites.stream().filter(one -> one.site().equals(lag.site())).findFirst().orElseThrow();
    return lags.image(lag, site, reports, name, tag);
  }

  /** One of them alone, with its reports. */
  public Optional<KnownSites> only(String site) {
    return sites.stream()
        .filter(one -> one.site().text().equals(site))
        .findFirst()
        .map(
            one ->
                new KnownSites(
                    List.of(one),
                    reports.stream().filter(report -> report.site().equals(one.site())).toList(),
                    lags));
  }

  /** What is the matter with a name's image at each of them, the worst site first. */
  public List<AtSite> everywhere(RepositoryName name, @Nullable Tag tag) {
    Map<SiteName, List<SiteState>> bySite =
        reports.stream().collect(Collectors.groupingBy(SiteState::site));
    Map<SiteName, SiteCredentialsState> byName =
        sites.stream().collect(Collectors.toMap(SiteCredentialsState::site, one -> one));
    return behind().stream()
        .map(
            lag ->
                new AtSite(
                    lag,
                    lags.image(
                        lag,
                        Objects.requireNonNull(byName.get(lag.site())),
                        bySite.getOrDefault(lag.site(), List.of()),
                        name,
                        tag)))
        .toList();
  }

  /** An image at a site. */
  public record AtSite(SiteLag lag, SiteLag.Image image) {}
}
