package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.lag.Lag;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.Remaining;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far all sites are behind, without what each second changes: two are equal if a page need not
 * be told.
 *
 * @param isHub whether sites are known at all
 * @param sites each in brief, the worst first
 */
record Behind(boolean isHub, List<Site> sites) {
  /** Estimates are not better than that. */
  private static final Duration EXACT = Duration.ofMinutes(2);

  /**
   * One of them.
   *
   * @param shown as a view shows it
   */
  record Site(String name, State state, ObjectNode shown) {}

  Behind {
    sites = List.copyOf(sites);
  }

  /**
   * @param sites the worst first; empty without a hub
   */
  static Behind of(Optional<List<SiteLag>> sites) {
    return new Behind(
        sites.isPresent(),
        sites.orElse(List.of()).stream()
            .map(lag -> new Site(lag.site().text(), lag.state(), brief(lag)))
            .toList());
  }

  void put(ObjectNode node, int most) {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    sites.forEach(site -> counts.merge(site.state(), 1, Integer::sum));
    node.put("hub", isHub).put("count", sites.size());
    ObjectNode states = node.putObject("states");
    counts.forEach((state, count) -> states.put(Lag.json(state), count));
    var listed = node.putArray("listed");
    sites.stream().limit(most).map(Site::shown).forEach(listed::add);
  }

  List<String> named(String text, int most) {
    return sites.stream().map(Site::name).filter(n -> n.contains(text)).limit(most).toList();
  }

  private static ObjectNode brief(SiteLag lag) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("site", lag.site().text())
        .put("group", lag.group())
        .put("state", Lag.json(lag.state()))
        .put("nodes", lag.nodes().size());
    if (lag.windowOpensAt() != null) {
      node.put("windowOpensAt", lag.windowOpensAt().toString());
    }
    lag.worst().ifPresent(worst -> put(worst, node));
    lag.nodes().stream()
        .filter(Node::isSkewed)
        .map(one -> one.skew().toSeconds())
        .max(Comparator.comparingLong(Math::abs))
        .ifPresent(skew -> node.put("clockSkewSeconds", skew));
    return node;
  }

  private static void put(Node worst, ObjectNode node) {
    node.put("atLeast", worst.isAtLeast() || !worst.hasHeardRules())
        .put("receivedAt", worst.receivedAt().toString());
    put(node, "present", worst.present());
    put(node, "behind", worst.lacking());
    put(node, "waiting", worst.waiting());
    Oldest oldest = worst.oldest();
    if (oldest != null) {
      node.putObject("oldest")
          .put("name", oldest.name())
          .put("since", oldest.since().toString())
          .put("atLeast", oldest.isAtLeast());
    }
    Remaining left = worst.remaining();
    if (left != null) {
      node.putObject("remaining")
          .put("seconds", rounded(left.time()).toSeconds())
          .put("atLeast", left.isAtLeast())
          .put("measured", left.isMeasured());
    }
  }

  private static Duration rounded(Duration time) {
    return time.compareTo(EXACT) < 0 ? time : Duration.ofMinutes(time.toMinutes());
  }

  private static void put(ObjectNode node, String field, Amount amount) {
    node.putObject(field).put("images", amount.images()).put("bytes", amount.bytes());
  }
}
