package dev.longshore.app.query.lag;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.CountText;
import dev.longshore.app.query.find.DurationText;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ShortOfCopies;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far sites, and the copies at the centre, are behind.
 *
 * @param sites the worst first; empty if those who answer know none
 * @param copies images that are short of copies
 * @param oldest the worst of these
 */
public record Lag(
    Instant now, Optional<List<SiteLag>> sites, ShortOfCopies copies, List<ShortImage> oldest) {
  /** Sites that are shown with all that is known of them. */
  private static final int LISTED = 20;

  /** Sites that {@code status} names. */
  private static final int WORST = 3;

  public Lag {
    sites = sites.map(List::copyOf);
    oldest = List.copyOf(oldest);
  }

  /** What the catalog says of copies, and a hub of its sites. */
  public static Lag of(Instant now, Catalog catalog, Optional<List<SiteLag>> sites, int listed) {
    return new Lag(
        now,
        sites,
        catalog.pins().shortOfCopies(),
        catalog.pins().shortOfCopies(listed).stream()
            .map(pin -> ShortImage.of(pin, catalog))
            .toList());
  }

  /** Whether all is where it should be. */
  public ExitCode exitCode() {
    boolean late =
        copies.belowWanted() > 0
            || sites.orElse(List.of()).stream().anyMatch(site -> site.state().isLate());
    return late ? ExitCode.INCOMPLETE : ExitCode.COMPLETE;
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (sites.isEmpty()) {
      lines.add("sites    not known here: ask with the settings of a hub (section sites)");
    } else if (sites.get().isEmpty()) {
      lines.add("sites    none");
    }
    List<SiteLag> all = sites.orElse(List.of());
    all.stream()
        .limit(LISTED)
        .forEach(
            site -> {
              List<String> its = SiteLagView.lines(site, now);
              lines.add("site     " + its.getFirst());
              its.stream().skip(1).forEach(line -> lines.add("         " + line));
            });
    if (all.size() > LISTED) {
      lines.add("         " + others(all.subList(LISTED, all.size())));
    }
    lines.add("centre   " + centre());
    oldest.forEach(image -> lines.add("         " + image.line(now)));
    return lines;
  }

  /** The worst are read first; a screen has no more. */
  private static String others(List<SiteLag> sites) {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    sites.forEach(site -> counts.merge(site.state(), 1, Integer::sum));
    return "and %d more: %s (--site S shows one, --json all)"
        .formatted(
            sites.size(),
            counts.entrySet().stream()
                .map(count -> count.getValue() + " " + SiteLagView.word(count.getKey()))
                .collect(Collectors.joining(", ")));
  }

  private String centre() {
    return copies.belowWanted() == 0
        ? "every image has its copies"
        : "%s short of copies: %d below min, %d without any"
            .formatted(
                CountText.of(copies.belowWanted(), "image is", "images are"),
                copies.belowMin(),
                copies.without());
  }

  /** For {@code status}: how many there are, and the worst of them; empty without sites. */
  public static List<String> summary(List<SiteLag> sites, Instant now) {
    if (sites.isEmpty()) {
      return List.of();
    }
    long good = sites.stream().filter(site -> site.state() == State.UP_TO_DATE).count();
    List<String> others =
        sites.stream()
            .filter(site -> site.state() != State.UP_TO_DATE && site.state() != State.REVOKED)
            .map(site -> SiteLagView.brief(site, now))
            .toList();
    List<String> lines = new ArrayList<>();
    lines.add("sites    %d: %d up to date".formatted(sites.size(), good));
    others.stream().limit(WORST).forEach(line -> lines.add("         " + line));
    if (others.size() > WORST) {
      lines.add("         and %d more ('longshore lag')".formatted(others.size() - WORST));
    }
    return lines;
  }

  /** For machines. */
  public ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("complete", exitCode() == ExitCode.COMPLETE).put("at", now.toString());
    answer.put("sitesKnown", sites.isPresent());
    var all = answer.putArray("sites");
    sites.orElse(List.of()).forEach(site -> SiteLagView.put(site, all.addObject(), now));
    ObjectNode centre =
        answer
            .putObject("copies")
            .put("belowWanted", copies.belowWanted())
            .put("belowMin", copies.belowMin())
            .put("without", copies.without());
    var list = centre.putArray("worst");
    oldest.forEach(image -> image.put(list.addObject(), now));
    return answer;
  }

  /** Adds how far a site is behind, for machines. */
  public static void put(SiteLag site, ObjectNode node, Instant now) {
    SiteLagView.put(site, node, now);
  }

  /** A site's state for machines. */
  public static String json(State state) {
    return SiteLagView.json(state);
  }

  /** How long ago; nothing is in the future. */
  static String ago(Instant since, Instant now) {
    return DurationText.text(now.isBefore(since) ? Duration.ZERO : Duration.between(since, now));
  }
}
