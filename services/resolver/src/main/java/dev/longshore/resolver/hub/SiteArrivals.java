package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.model.Digest;
import dev.longshore.model.ModeName;
import dev.longshore.model.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Detects when images arrive at sites and are first pulled there: by the first report to prove it.
 *
 * <p>Each hub follows the reports to all hubs, and counts an arrival only if it received the report
 * itself and had seen the image absent there before. So a hub that was away does not count arrivals
 * meanwhile, whose time is unknown. After a restart, it omits what it no longer knows rather than
 * count it twice.
 */
final class SiteArrivals {
  /** Time to read an earlier report of the same node to another hub. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** A later arrival has another reason than the push. */
  private static final Duration LATEST = Duration.ofDays(7);

  /** Limit of awaited images per node. */
  private static final int AWAITED = 10_000;

  /** Images that came to a site and await their first pull. */
  private static final int ARRIVED = 100_000;

  private static final int FRESH = 100_000;

  interface Listener {
    /**
     * An image came to a site; or was pulled there for the first time.
     *
     * @param sincePush negative if the hub's clock is behind that of the service that heard of the
     *     push
     */
    void came(Stage stage, String group, ModeName mode, Duration sincePush);
  }

  enum Stage {
    PRESENT,
    PULLED
  }

  private final String hub;
  private final NamedImages named;
  private final Function<String, Optional<SiteGroup>> groups;
  private final Listener listener;
  private final Instant began;
  private final Queue<Fresh> fresh = new ConcurrentLinkedQueue<>();
  private final AtomicInteger freshCount = new AtomicInteger();
  private final Map<NodeId, Awaiting> nodes = new HashMap<>();
  private final List<Proven> proven = new ArrayList<>();
  private final Map<Pull, Arrived> arrived = bounded(ARRIVED);
  private final Map<Pull, Instant> pulledEarly = bounded(AWAITED);
  private final TimesAtSites times = new TimesAtSites();

  private record Fresh(String group, NamedImage image) {}

  private record NodeId(SiteName site, String node) {}

  private record Pull(SiteName site, long source) {}

  private record Arrived(String group, NamedImage image) {}

  private record Proven(NodeId node, String group, NamedImage image, SiteState by, Instant at) {}

  /** The images that a node lacks by its last report. */
  private static final class Awaiting {
    private final String group;
    private SiteState last;
    private final Map<Long, NamedImage> images = new LinkedHashMap<>();

    Awaiting(String group, SiteState last) {
      this.group = group;
      this.last = last;
    }

    void add(NamedImage image) {
      if (image.isKept() && images.size() < AWAITED) {
        images.put(id(image), image);
      }
    }

    private static long id(NamedImage image) {
      return image.name() * 31 + image.dag();
    }
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /**
   * @param hub name of this hub, which its reports have
   * @param began when this process began to look
   */
  SiteArrivals(
      String hub,
      NamedImages named,
      Function<String, Optional<SiteGroup>> groups,
      Listener listener,
      Instant began) {
    this.hub = hub;
    this.named = named;
    this.groups = groups;
    this.listener = listener;
    this.began = began;
    named.onNew(this::shown);
  }

  /** On the catalog's thread, which must not wait. */
  private void shown(SiteGroup group, NamedImage image) {
    if (freshCount.get() < FRESH) {
      freshCount.incrementAndGet();
      fresh.add(new Fresh(group.line().name(), image));
    }
  }

  /**
   * Applies the latest reports to all hubs.
   *
   * @param groupOf the group of each admitted site
   */
  synchronized void reported(
      Collection<SiteState> reports,
      Function<SiteName, Optional<String>> groupOf,
      @Nullable String topic,
      Instant now) {
    noteFresh();
    forgetOthers(groupOf);
    for (SiteState report : reports) {
      Optional<String> name = groupOf.apply(report.site());
      Optional<SiteGroup> group = name.flatMap(groups);
      if (group.isPresent() && !isSeen(report)) {
        look(report, group.get(), ReportedKnowledge.of(report, topic), now);
      }
    }
    settle(now);
  }

  /** Forgets sites that are no longer admitted. */
  private void forgetOthers(Function<SiteName, Optional<String>> groupOf) {
    Set<SiteName> sites = sites();
    sites.removeIf(site -> groupOf.apply(site).isPresent());
    if (!sites.isEmpty()) {
      nodes.keySet().removeIf(node -> sites.contains(node.site()));
      proven.removeIf(one -> sites.contains(one.node().site()));
      arrived.keySet().removeIf(pull -> sites.contains(pull.site()));
      pulledEarly.keySet().removeIf(pull -> sites.contains(pull.site()));
      times.forget(sites);
    }
  }

  /** Sites with state here. */
  synchronized Set<SiteName> sites() {
    Set<SiteName> sites = new HashSet<>();
    nodes.keySet().forEach(node -> sites.add(node.site()));
    proven.forEach(one -> sites.add(one.node().site()));
    arrived.keySet().forEach(pull -> sites.add(pull.site()));
    pulledEarly.keySet().forEach(pull -> sites.add(pull.site()));
    return sites;
  }

  /** Whether it is known already: each change delivers all reports. */
  private boolean isSeen(SiteState report) {
    Awaiting node = nodes.get(new NodeId(report.site(), report.node()));
    return node != null
        && (report.equals(node.last)
            || (proven.isEmpty()
                && report.joinedAt().equals(node.last.joinedAt())
                && report.sequence() < node.last.sequence()));
  }

  private void noteFresh() {
    for (Fresh one = fresh.poll(); one != null; one = fresh.poll()) {
      freshCount.decrementAndGet();
      for (Awaiting node : nodes.values()) {
        if (node.group.equals(one.group())) {
          node.add(one.image());
        }
      }
    }
  }

  private void look(SiteState report, SiteGroup group, ReportedKnowledge heard, Instant now) {
    NodeId id = new NodeId(report.site(), report.node());
    Awaiting node = nodes.get(id);
    if (node == null
        || node.last.joinedAt().isBefore(report.joinedAt())
        || !node.group.equals(group.line().name())) {
      nodes.put(id, first(report, group, heard, now));
      return;
    }
    if (!node.last.joinedAt().equals(report.joinedAt()) || report.equals(node.last)) {
      return;
    }
    Set<Long> absent = absent(report, group);
    if (report.sequence() < node.last.sequence()) {
      // It reached another hub before this one's reports: that hub counts it.
      if (!report.hub().equals(hub)) {
        proven.removeIf(
            one ->
                one.node().equals(id)
                    && report.sequence() < one.by().sequence()
                    && isThere(one.image(), heard, absent));
      }
      return;
    }
    node.last = report;
    for (NamedImage image : List.copyOf(node.images.values())) {
      if (!named.shows(group, image)) {
        node.images.remove(Awaiting.id(image));
      } else if (isThere(image, heard, absent)) {
        forget(report.site(), image);
        times.came(report.site(), image, report.receivedAt());
        if (report.hub().equals(hub) && image.isPushKnown()) {
          proven.add(new Proven(id, node.group, image, report, now.plus(SETTLED)));
        }
      }
    }
  }

  /** The images that a node lacks by the first report that this process sees. */
  private Awaiting first(SiteState report, SiteGroup group, ReportedKnowledge heard, Instant now) {
    Awaiting node = new Awaiting(group.line().name(), report);
    if (report.receivedAt().isBefore(began)) {
      // They may have arrived any time: only images shown from now on are awaited.
      return node;
    }
    Instant earliest = now.minus(LATEST);
    List<NamedImage> lacking = new ArrayList<>();
    if (heard.cursor() != null && heard.cursor().key() == null) {
      List<Long> offsets = heard.cursor().offsets();
      lacking.addAll(named.of(group, all -> all.listAfter(offsets, AWAITED)));
    }
    for (Absence absence : report.exceptions()) {
      lacking.addAll(named.ofName(group, absence.name()));
    }
    lacking.stream()
        .filter(image -> !image.time().isBefore(report.joinedAt()))
        .filter(image -> image.time().isAfter(earliest))
        .filter(image -> !isElsewhere(report, group, image))
        .forEach(node::add);
    return node;
  }

  /** Whether another node of the site has it by its last report. */
  private boolean isElsewhere(SiteState report, SiteGroup group, NamedImage image) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getKey().site().equals(report.site()))
        .filter(entry -> !entry.getKey().node().equals(report.node()))
        .map(entry -> entry.getValue().last)
        .anyMatch(
            last ->
                isThere(
                    image,
                    ReportedKnowledge.of(last, named.topic().orElse(null)),
                    absent(last, group)));
  }

  private static boolean isThere(NamedImage image, ReportedKnowledge heard, Set<Long> absent) {
    return heard.covers(image) && heard.isThere(image) && !absent.contains(image.dag());
  }

  /** Hashes of the image DAGs that the report lists as absent. */
  private Set<Long> absent(SiteState report, SiteGroup group) {
    Set<Long> dags = new HashSet<>();
    for (Absence absence : report.exceptions()) {
      named.ofName(group, absence.name()).forEach(image -> dags.add(image.dag()));
    }
    return dags;
  }

  /** It has arrived at the site, on any node. */
  private void forget(SiteName site, NamedImage image) {
    nodes.forEach(
        (id, node) -> {
          if (id.site().equals(site)) {
            node.images.values().removeIf(other -> other.dag() == image.dag());
          }
        });
  }

  /** Counts arrivals that no other hub counts. */
  synchronized void settle(Instant now) {
    noteFresh();
    List<Proven> due = proven.stream().filter(one -> !one.at().isAfter(now)).toList();
    proven.removeAll(due);
    Set<Pull> told = new HashSet<>();
    for (Proven one : due) {
      Duration since = Duration.between(one.image().time(), one.by().receivedAt());
      Pull pull = new Pull(one.node().site(), one.image().source());
      // An image with several tags arrived once.
      if (since.compareTo(LATEST) > 0
          || !told.add(new Pull(one.node().site(), one.image().dag()))) {
        continue;
      }
      listener.came(Stage.PRESENT, one.group(), one.image().mode(), since);
      arrived.put(pull, new Arrived(one.group(), one.image()));
      Instant early = pulledEarly.remove(pull);
      if (early != null) {
        pulled(pull, early);
      }
    }
  }

  /** When it came to a site and was first pulled there, as far as that was noticed. */
  synchronized SiteLag.Times times(SiteName site, NamedImage image) {
    return times.of(site, image);
  }

  /** Applies pulls at a site, first ones or repeated. */
  synchronized void pulled(SiteName site, List<Digest> digests, Instant now) {
    noteFresh();
    for (Digest digest : digests) {
      times.pulled(site, digest, now);
      Pull pull = new Pull(site, NamedImage.hash(digest));
      if (!pulled(pull, now) && isAwaited(pull)) {
        pulledEarly.putIfAbsent(pull, now);
      }
    }
  }

  private boolean pulled(Pull pull, Instant at) {
    Arrived image = arrived.remove(pull);
    if (image == null) {
      return false;
    }
    Duration since = Duration.between(image.image().time(), at);
    if (since.compareTo(LATEST) <= 0) {
      listener.came(Stage.PULLED, image.group(), image.image().mode(), since);
    }
    return true;
  }

  private boolean isAwaited(Pull pull) {
    return proven.stream()
            .anyMatch(
                one ->
                    one.node().site().equals(pull.site()) && one.image().source() == pull.source())
        || nodes.entrySet().stream()
            .filter(entry -> entry.getKey().site().equals(pull.site()))
            .anyMatch(
                entry ->
                    entry.getValue().images.values().stream()
                        .filter(NamedImage::isPushKnown)
                        .anyMatch(image -> image.source() == pull.source()));
  }
}
