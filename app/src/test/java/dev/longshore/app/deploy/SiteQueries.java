package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.runtime.testing.Eventually;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What alerts and panels ask of sites, put to a Prometheus that scrapes a hub. */
public final class SiteQueries {
  private static final String SITE = "site";
  private static final String QUIET = "inactive";

  private SiteQueries() {}

  /**
   * Fails unless each panel of sites shows something, of these sites alone, each alert of them
   * knows its metrics, and none fires: the sites have all. {@code LateSitesIT} has those that
   * something is amiss with.
   *
   * @param folder for the Prometheus
   * @param hub its page of metrics
   * @param sites all that the hub has
   */
  public static void check(Path folder, URI hub, Set<String> sites) throws Exception {
    try (PrometheusServer prometheus =
        PrometheusServer.start(folder, Map.of("hub", List.of(hub)))) {
      List<PrometheusQuery> panels =
          PrometheusQuery.dashboards().stream()
              .filter(PrometheusQuery::isOfSites)
              .filter(query -> !query.isOfTrouble())
              .filter(query -> !query.text().contains("reason=~"))
              .toList();
      assertThat(panels).hasSizeGreaterThan(6);
      for (PrometheusQuery panel : panels) {
        Eventually.await(panel.where(), () -> !results(prometheus, panel.text()).isEmpty());
        if (panel.sumsBy().equals(Set.of(SITE)) && panel.shown().contains(SITE)) {
          assertThat(of(SITE, results(prometheus, panel.text())))
              .as(panel.where())
              .isEqualTo(sites);
        }
      }
      assertThat(new HashSet<>(prometheus.metrics()))
          .containsAll(
              List.of(
                  "longshore_site_lag_target_seconds",
                  "longshore_site_behind_images",
                  "longshore_site_up_to_date",
                  "longshore_hub_credentials_age_seconds"));
      assertThat(of("critical", results(prometheus, "longshore_site_lag_target_seconds")))
          .isSubsetOf("true", "false")
          .isNotEmpty();
      assertThat(alerts(prometheus)).hasSizeGreaterThan(5);
      // A scrape that a busy machine misses makes one wait for a moment.
      List<JsonNode> quiet =
          Eventually.answer(
              Eventually.LIMIT,
              () -> alerts(prometheus),
              rules -> rules.stream().allMatch(rule -> rule.path("state").asText().equals(QUIET)));
      assertThat(quiet)
          .allSatisfy(
              rule -> assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok"));
    }
  }

  private static List<JsonNode> alerts(PrometheusServer prometheus) throws Exception {
    return prometheus.alertRules().stream()
        .filter(rule -> rule.path("query").asText().contains("longshore_site_"))
        .toList();
  }

  private static JsonNode results(PrometheusServer prometheus, String query) {
    try {
      JsonNode answer = prometheus.query(query);
      assertThat(answer.path("status").asText()).as("%s: %s", query, answer).isEqualTo("success");
      return answer.at("/data/result");
    } catch (Exception e) {
      throw new AssertionError(query, e);
    }
  }

  private static Set<String> of(String label, JsonNode results) {
    Set<String> values = new HashSet<>();
    results.forEach(result -> values.add(result.path("metric").path(label).asText()));
    return values;
  }
}
