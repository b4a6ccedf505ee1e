package dev.longshore.app.query.lag;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.CountText;
import dev.longshore.app.query.find.DurationText;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a site is behind, for people and for machines. */
final class SiteLagView {
  private SiteLagView() {}

  /** A line of its state, and under it what more is known. */
  static List<String> lines(SiteLag site, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add("%s (%s) %s".formatted(site.site(), site.group(), first(site, now)));
    site.nodes().forEach(node -> lines.addAll(more(site, node, now)));
    return lines;
  }

  private static String first(SiteLag site, Instant now) {
    Instant joined = site.joinedAt();
    return switch (site.state()) {
      case REVOKED -> "revoked" + since(site.revokedAt(), now);
      case NO_GROUP -> "gets no changes: sites.groups has no " + site.group();
      case NO_REPORT ->
          joined == null
              ? "has not joined yet"
              : "has not reported since it joined %s ago".formatted(Lag.ago(joined, now));
      case REPORT_ABSENT, BEHIND, PAUSED, WINDOW, UP_TO_DATE ->
          site.worst().map(node -> words(site, node, now)).orElse(word(site.state()));
    };
  }

  private static String since(@Nullable Instant at, Instant now) {
    return at == null ? "" : " %s ago".formatted(Lag.ago(at, now));
  }

  /** For one line of all sites. */
  static String brief(SiteLag site, Instant now) {
    return site.site()
        + " "
        + switch (site.state()) {
          case REPORT_ABSENT, BEHIND, PAUSED, WINDOW ->
              site.worst().map(node -> brief(site, node, now)).orElse(word(site.state()));
          case NO_GROUP, NO_REPORT, UP_TO_DATE, REVOKED -> word(site.state());
        };
  }

  private static String brief(SiteLag site, Node node, Instant now) {
    return switch (node.state()) {
      case REPORT_ABSENT -> "away for " + DurationText.text(node.age());
      case BEHIND -> briefly(node, now);
      case NO_GROUP, NO_REPORT, PAUSED, WINDOW, UP_TO_DATE, REVOKED -> word(site.state());
    };
  }

  private static String words(SiteLag site, Node node, Instant now) {
    return switch (node.state()) {
      case REPORT_ABSENT -> "report absent for " + DurationText.text(node.age());
      case BEHIND -> behind(node);
      case PAUSED -> "paused: " + amount(node.waiting()) + " wait";
      case WINDOW -> "waits for its window" + opens(site, now);
      case NO_GROUP, NO_REPORT, UP_TO_DATE, REVOKED -> "up to date, " + amount(node.present());
    };
  }

  private static boolean isLacking(Node node) {
    return node.lacking().images() > 0 || !node.hasHeardRules();
  }

  private static String opens(SiteLag site, Instant now) {
    Instant at = site.windowOpensAt();
    return at == null ? "" : ", which opens in " + DurationText.text(Duration.between(now, at));
  }

  private static String briefly(Node node, Instant now) {
    if (node.lacking().images() == 0) {
      return behind(node);
    }
    Oldest oldest = node.oldest();
    return "behind %s%s, %s"
        .formatted(
            atLeast(node),
            images(node.lacking()),
            oldest == null ? "since when is not known" : "oldest " + age(oldest, now));
  }

  private static String behind(Node node) {
    return node.lacking().images() == 0
        ? "has yet to hear what its rules name"
        : "behind %s%s".formatted(atLeast(node), amount(node.lacking()));
  }

  private static String atLeast(Node node) {
    return node.isAtLeast() || !node.hasHeardRules() ? "at least " : "";
  }

  private static String age(Oldest oldest, Instant now) {
    return (oldest.isAtLeast() ? "at least " : "") + Lag.ago(oldest.since(), now);
  }

  private static String images(Amount amount) {
    return CountText.of(amount.images(), "image", "images");
  }

  private static String amount(Amount amount) {
    return images(amount) + ", " + Sizes.text(amount.bytes());
  }

  private static List<String> more(SiteLag site, Node node, Instant now) {
    List<String> lines = new ArrayList<>();
    boolean isFirst = site.nodes().getFirst().equals(node) && isOfNodes(site.state());
    if (!isFirst) {
      lines.add("  node %s: %s".formatted(node.node(), words(site, node, now)));
    }
    String indent = isFirst ? "  " : "    ";
    known(node, now).forEach(line -> lines.add(indent + line));
    if (node.isSkewed()) {
      lines.add(
          "  node %s: its clock is %s %s the hub's"
              .formatted(
                  node.node(),
                  DurationText.text(node.skew().abs()),
                  node.skew().isNegative() ? "behind" : "ahead of"));
    }
    node.problems().forEach(problem -> lines.add("  node %s: %s".formatted(node.node(), problem)));
    return lines;
  }

  /** Whether it is the state of its worst node. */
  private static boolean isOfNodes(State state) {
    return state != State.REVOKED && state != State.NO_GROUP;
  }

  private static List<String> known(Node node, Instant now) {
    List<String> lines = new ArrayList<>();
    if (node.state() == State.REPORT_ABSENT) {
      lines.add("since then " + (isLacking(node) ? behind(node) : "up to date at best"));
    }
    if (node.state() == State.WINDOW) {
      lines.add(amount(node.waiting()) + " wait");
    }
    List<String> rest = new ArrayList<>();
    remaining(node).ifPresent(rest::add);
    if (node.unheard().images() > 0) {
      rest.add(node.unheard().images() + " not heard of yet");
    }
    node.counts().stream()
        .filter(count -> node.state() != State.WINDOW || count.reason() != AbsenceReason.WINDOW)
        .forEach(count -> rest.add(count.images() + " " + words(count.reason())));
    if (!rest.isEmpty()) {
      lines.add(String.join("; ", rest));
    }
    if (node.lacking().images() > 0) {
      lines.add("oldest " + oldest(node, now));
    }
    lines.add(
        "report %s old, %s over the line"
            .formatted(DurationText.text(node.age()), Sizes.text(node.lineBytes())));
    return lines;
  }

  private static String oldest(Node node, Instant now) {
    Oldest oldest = node.oldest();
    if (oldest == null) {
      return "is of a time that is not known";
    }
    return age(oldest, now) + (oldest.name() == null ? "" : ": " + oldest.name());
  }

  private static Optional<String> remaining(Node node) {
    SiteLag.Remaining left = node.remaining();
    if (left != null) {
      return Optional.of(
          "done in about %s%s%s"
              .formatted(
                  DurationText.text(left.time()),
                  left.isAtLeast() ? " or more" : "",
                  left.isMeasured() ? "" : " by its group's limit"));
    }
    return node.lacking().images() + node.waiting().images() > 0
        ? Optional.of("time until done is not known")
        : Optional.empty();
  }

  private static String words(AbsenceReason reason) {
    return switch (reason) {
      case WINDOW -> "wait for the window";
      case EXCLUDED -> "excluded";
      case FAILED -> "failed";
      case UNDER_WAY -> "under way";
      case SUPERSEDED -> "superseded";
      case FULL -> "lack space";
      case HELD -> "on hold";
      case UNKNOWN -> "for an unknown reason";
    };
  }

  static String word(State state) {
    return switch (state) {
      case REPORT_ABSENT -> "report absent";
      case NO_GROUP -> "without a group";
      case NO_REPORT -> "without a report";
      case BEHIND -> "behind";
      case PAUSED -> "paused";
      case WINDOW -> "waits for its window";
      case UP_TO_DATE -> "up to date";
      case REVOKED -> "revoked";
    };
  }

  static String word(AbsenceReason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String json(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static void put(SiteLag site, ObjectNode node, Instant now) {
    node.put("site", site.site().text())
        .put("group", site.group())
        .put("state", json(site.state()));
    put(node, "revokedAt", site.revokedAt());
    put(node, "joinedAt", site.joinedAt());
    put(node, "windowOpensAt", site.windowOpensAt());
    var nodes = node.putArray("nodes");
    site.nodes().forEach(one -> put(one, nodes.addObject(), now));
  }

  private static void put(Node node, ObjectNode json, Instant now) {
    json.put("node", node.node())
        .put("state", json(node.state()))
        .put("version", node.version())
        .put("reportedAt", node.reportedAt().toString())
        .put("receivedAt", node.receivedAt().toString())
        .put("reportSeconds", node.age().toSeconds())
        .put("atLeast", node.isAtLeast())
        .put("clockSkewSeconds", node.skew().toSeconds())
        .put("clockSkewed", node.isSkewed())
        .put("rulesHeard", node.hasHeardRules());
    put(json, "present", node.present());
    put(json, "behind", node.lacking());
    put(json, "notHeard", node.unheard());
    put(json, "waiting", node.waiting());
    ObjectNode counts = json.putObject("absent");
    node.counts()
        .forEach(
            count ->
                counts
                    .putObject(word(count.reason()))
                    .put("images", count.images())
                    .put("bytes", count.bytes()));
    Oldest oldest = node.oldest();
    if (oldest != null) {
      json.putObject("oldest")
          .put("name", oldest.name())
          .put("since", oldest.since().toString())
          .put("seconds", Math.max(0, Duration.between(oldest.since(), now).toSeconds()))
          .put("atLeast", oldest.isAtLeast());
    }
    SiteLag.Remaining left = node.remaining();
    if (left != null) {
      put(left, json.putObject("remaining"));
    }
    json.put("lineBytes", node.lineBytes());
    if (node.lineRate() != null) {
      json.put("lineBytesPerSecond", node.lineRate());
    }
    json.put("freeBytes", node.freeBytes()).put("totalBytes", node.totalBytes());
    node.problems().forEach(json.putArray("problems")::add);
  }

  static void put(SiteLag.Remaining left, ObjectNode json) {
    json.put("seconds", left.time().toSeconds())
        .put("atLeast", left.isAtLeast())
        .put("measured", left.isMeasured());
  }

  private static void put(ObjectNode node, String field, Amount amount) {
    node.putObject(field).put("images", amount.images()).put("bytes", amount.bytes());
  }

  private static void put(ObjectNode node, String field, @Nullable Instant at) {
    if (at != null) {
      node.put(field, at.toString());
    }
  }
}
