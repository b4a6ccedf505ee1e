package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All sites with their last reports, as {@code site list} reads them, kept as they come. */
final class ReportedSites {
  /** A node reports hourly if nothing changes: so two reports are missing. */
  private static final Duration SILENT = Duration.ofMinutes(125);

  private final Runnable onChange;
  private volatile List<SiteCredentialsState> credentials = List.of();
  private volatile List<SiteState> reports = List.of();
  private volatile List<ListedSite> all = List.of();

  /** How a site does, the worst first. */
  enum Condition {
    BEHIND,
    SILENT,
    NOT_JOINED,
    FINE,
    REVOKED;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  ReportedSites(Runnable onChange) {
    this.onChange = onChange;
  }

  /** All records of topic {@code sitecredentials}. */
  synchronized void credentials(Map<String, State> states) {
    credentials = of(SiteCredentialsState.class, states);
    list();
  }

  /** All records of topic {@code sites}. */
  synchronized void reports(Map<String, State> states) {
    reports = of(SiteState.class, states);
    list();
  }

  private void list() {
    all =
        credentials.stream()
            .map(state -> ListedSite.of(state, reports))
            .sorted(Comparator.comparing(ListedSite::name))
            .toList();
    onChange.run();
  }

  private static <S extends State> List<S> of(Class<S> type, Map<String, State> states) {
    List<S> found = new ArrayList<>();
    states.values().stream().filter(type::isInstance).map(type::cast).forEach(found::add);
    return found;
  }

  List<ListedSite> all() {
    return all;
  }

  Optional<ListedSite> of(String name) {
    return all.stream().filter(site -> site.name().equals(name)).findFirst();
  }

  static Condition condition(ListedSite site, Instant now) {
    if (site.state().revokedAt() != null) {
      return Condition.REVOKED;
    }
    if (site.reports().isEmpty()) {
      return Condition.NOT_JOINED;
    }
    if (site.reports().stream()
        .allMatch(report -> report.receivedAt().plus(SILENT).isBefore(now))) {
      return Condition.SILENT;
    }
    return site.reports().stream().anyMatch(report -> report.behind().images() > 0)
        ? Condition.BEHIND
        : Condition.FINE;
  }

  /**
   * Adds how many there are, by condition, and the first of them, the worst first.
   *
   * @param most sites to list
   */
  void put(ObjectNode node, Instant now, int most) {
    List<ListedSite> sites = all;
    node.put("count", sites.size());
    ObjectNode counts = node.putObject("conditions");
    for (Condition condition : Condition.values()) {
      counts.put(
          condition.text(), sites.stream().filter(s -> condition(s, now) == condition).count());
    }
    var listed = node.putArray("listed");
    sites.stream()
        .sorted(
            Comparator.comparing((ListedSite site) -> condition(site, now))
                .thenComparing(ReportedSites::behindSince))
        .limit(most)
        .forEach(site -> listed.add(brief(site, now)));
  }

  private static Instant behindSince(ListedSite site) {
    return site.reports().stream()
        .map(SiteState::behindSince)
        .flatMap(since -> Optional.ofNullable(since).stream())
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  private static ObjectNode brief(ListedSite site, Instant now) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    List<SiteState> reports = site.reports();
    node.put("site", site.name())
        .put("group", site.state().group())
        .put("condition", condition(site, now).text())
        .put("nodes", reports.size());
    if (!reports.isEmpty()) {
      node.put("present", reports.stream().mapToLong(r -> r.present().images()).max().orElse(0))
          .put("behind", reports.stream().mapToLong(r -> r.behind().images()).max().orElse(0))
          .put("behindBytes", reports.stream().mapToLong(r -> r.behind().bytes()).max().orElse(0))
          .put(
              "receivedAt",
              reports.stream()
                  .map(SiteState::receivedAt)
                  .max(Comparator.naturalOrder())
                  .orElseThrow()
                  .toString());
      Instant since = behindSince(site);
      if (since.isBefore(Instant.MAX)) {
        node.put("behindSince", since.toString());
      }
    }
    return node;
  }
}
