package dev.longshore.app.query.list;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.SiteCredentialsState.Pause;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Amount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A site as {@code site list} and {@code site show} show it.
 *
 * @param reports the last one of each of its nodes
 */
public record ListedSite(SiteCredentialsState state, List<SiteState> reports) {
  /** Of two reports of a node that of the later join counts, and of one join the later one. */
  private static final Comparator<SiteState> LATER =
      Comparator.comparing(SiteState::joinedAt).thenComparingLong(SiteState::sequence);

  public ListedSite {
    reports = List.copyOf(reports);
  }

  /** The site with its reports, of those of all sites. */
  public static ListedSite of(SiteCredentialsState state, List<SiteState> all) {
    Map<String, SiteState> last = new HashMap<>();
    for (SiteState report : all) {
      if (report.site().equals(state.site())) {
        last.merge(report.node(), report, (one, two) -> LATER.compare(one, two) < 0 ? two : one);
      }
    }
    return new ListedSite(
        state, last.values().stream().sorted(Comparator.comparing(SiteState::node)).toList());
  }

  public String name() {
    return state.site().text();
  }

  private Optional<Instant> joined() {
    return state.credentials().stream()
        .map(Credential::joinedAt)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder());
  }

  private long tokens(Instant now) {
    return state.credentials().stream()
        .filter(credential -> credential.singleUse() && now.isBefore(credential.expiresAt()))
        .count();
  }

  public String line(Instant now) {
    StringBuilder line = new StringBuilder(name()).append(" (").append(state.group()).append(") ");
    Instant revoked = state.revokedAt();
    if (revoked != null) {
      line.append("revoked ").append(ListedPeer.time(revoked, now)).append(" ago");
    } else {
      line.append(
          joined()
              .map(at -> "joined %s ago".formatted(ListedPeer.time(at, now)))
              .orElse("not joined yet"));
      if (tokens(now) > 0) {
        line.append(", a token is open");
      }
      if (state.isPaused(now)) {
        Instant until = Objects.requireNonNull(state.paused()).until();
        line.append(until == null ? ", paused" : ", paused until " + until);
      }
    }
    if (reports.isEmpty()) {
      return line.append("; no report").toString();
    }
    reports.forEach(report -> line.append("; ").append(words(report, now)));
    return line.toString();
  }

  private static String words(SiteState report, Instant now) {
    Instant since = report.behindSince();
    Amount onDemand = report.onDemand();
    return "%s reported %s ago, has %d images, %s, is behind with %d, %s%s%s"
        .formatted(
            report.node(),
            ListedPeer.time(report.receivedAt(), now),
            report.present().images(),
            Sizes.text(report.present().bytes()),
            report.behind().images(),
            Sizes.text(report.behind().bytes()),
            since == null ? "" : ", for " + ListedPeer.time(since, now),
            onDemand == null || onDemand.images() == 0
                ? ""
                : ", and has %d on demand, %s"
                    .formatted(onDemand.images(), Sizes.text(onDemand.bytes())));
  }

  /** All that is known of it. */
  public List<String> lines(Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(line(now));
    for (Credential credential : state.credentials()) {
      lines.add(
          "  %s, given %s, good until %s"
              .formatted(
                  credential.singleUse() ? "token" : "credential of node " + credential.node(),
                  credential.issuedAt(),
                  credential.expiresAt()));
    }
    for (SiteState report : reports) {
      lines.add(
          "  node %s, version %s: %s over the line since it joined, %s of %s free"
              .formatted(
                  report.node(),
                  report.version(),
                  Sizes.text(report.lineBytes()),
                  Sizes.text(report.freeBytes()),
                  Sizes.text(report.totalBytes())));
      report
          .exceptions()
          .forEach(
              absence ->
                  lines.add(
                      "    lacks %s: %s%s"
                          .formatted(
                              absence.name(),
                              absence.reason().name().toLowerCase(Locale.ROOT),
                              absence.error() == null ? "" : ", " + absence.error())));
    }
    return lines;
  }

  public void put(ObjectNode node) {
    putSite(node);
    putReports(node);
  }

  /** All but what its nodes reported. */
  public void putSite(ObjectNode node) {
    node.put("site", name()).put("group", state.group());
    joined().ifPresent(at -> node.put("joinedAt", at.toString()));
    if (state.revokedAt() != null) {
      node.put("revokedAt", state.revokedAt().toString());
    }
    Pause paused = state.paused();
    if (paused != null) {
      ObjectNode pause = node.putObject("paused").put("since", paused.since().toString());
      if (paused.until() != null) {
        pause.put("until", paused.until().toString());
      }
    }
    if (state.syncAt() != null) {
      node.put("syncAt", state.syncAt().toString());
    }
    var credentials = node.putArray("credentials");
    for (Credential credential : state.credentials()) {
      ObjectNode one = credentials.addObject();
      one.put("token", credential.singleUse());
      if (credential.node() != null) {
        one.put("node", credential.node());
      }
      one.put("issuedAt", credential.issuedAt().toString());
      one.put("expiresAt", credential.expiresAt().toString());
    }
  }

  private void putReports(ObjectNode node) {
    var nodes = node.putArray("nodes");
    for (SiteState report : reports) {
      ObjectNode one = nodes.addObject();
      one.put("node", report.node()).put("version", report.version());
      one.put("reportedAt", report.reportedAt().toString());
      one.put("receivedAt", report.receivedAt().toString());
      one.putObject("present")
          .put("images", report.present().images())
          .put("bytes", report.present().bytes());
      one.putObject("behind")
          .put("images", report.behind().images())
          .put("bytes", report.behind().bytes());
      if (report.onDemand() != null) {
        one.putObject("onDemand")
            .put("images", report.onDemand().images())
            .put("bytes", report.onDemand().bytes());
      }
      if (report.behindSince() != null) {
        one.put("behindSince", report.behindSince().toString());
      }
      one.put("lineBytes", report.lineBytes()).put("freeBytes", report.freeBytes());
      one.put("totalBytes", report.totalBytes());
      var counts = one.putArray("counts");
      report
          .counts()
          .forEach(
              count ->
                  counts
                      .addObject()
                      .put("reason", count.reason().name().toLowerCase(Locale.ROOT))
                      .put("images", count.images())
                      .put("bytes", count.bytes()));
      var missing = one.putArray("missing");
      report
          .exceptions()
          .forEach(
              absence ->
                  missing
                      .addObject()
                      .put("name", absence.name())
                      .put("reason", absence.reason().name().toLowerCase(Locale.ROOT))
                      .put("error", absence.error())
                      .put(
                          "nextTryAt",
                          absence.nextTryAt() == null ? null : absence.nextTryAt().toString()));
    }
  }
}
