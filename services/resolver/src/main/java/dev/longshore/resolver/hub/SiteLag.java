package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a site is behind its rules.
 *
 * @param site the site
 * @param group its group
 * @param state of its worst node
 * @param revokedAt when it was revoked; null if it was not
 * @param joinedAt when its latest node joined; null before the first
 * @param windowOpensAt when unrequested fetches may resume; null if they may now
 * @param nodes what its nodes reported, the worst first
 */
public record SiteLag(
    SiteName site,
    String group,
    State state,
    @Nullable Instant revokedAt,
    @Nullable Instant joinedAt,
    @Nullable Instant windowOpensAt,
    List<Node> nodes) {
  public SiteLag {
    nodes = List.copyOf(nodes);
  }

  /** The states of a site, the worst first. */
  public enum State {
    /** Its last report is old: its current content is unknown. */
    REPORT_ABSENT,
    /** The settings have no group of its name: it gets nothing. */
    NO_GROUP,
    /** No node of it has reported yet. */
    NO_REPORT,
    /** It lacks images that its rules name. */
    BEHIND,
    /** An operator put it on hold. */
    PAUSED,
    /** All that it lacks waits for its time window. */
    WINDOW,
    /** It has all that its rules name. */
    UP_TO_DATE,
    /** It was revoked. */
    REVOKED;

    /** Whether it needs attention, now or soon. */
    public boolean isLate() {
      return compareTo(PAUSED) < 0;
    }
  }

  /** The node that is furthest behind; empty if none has reported. */
  public Optional<Node> worst() {
    return nodes.stream().findFirst();
  }

  /**
   * The state of a node by its last report and by changes since.
   *
   * @param node its name
   * @param state its state
   * @param version version of Longshore at the node
   * @param reportedAt site's clock
   * @param receivedAt hub's clock
   * @param age of the report
   * @param isAtLeast whether all figures are lower bounds, as the report is old
   * @param skew how far the site's clock was ahead of the hub's, give or take the time of the
   *     request
   * @param hasHeardRules whether its cursor covers everything that its rules name now
   * @param present the images that it holds
   * @param lacking images that it should have by now: reported ones without those that wait, and
   *     those it has not heard of
   * @param unheard those of these that were pushed after its cursor
   * @param waiting images that wait for its window, or while it is on hold
   * @param counts reported numbers of absent images, by reason
   * @param exceptions absent images, as reported
   * @param problems other reported problems
   * @param oldest the oldest lagging image; null if there is none, or it is unknown
   * @param lineBytes bytes received over the line since it joined
   * @param lineRate recent bytes a second; null if not measured
   * @param freeBytes bytes free on its disk
   * @param totalBytes bytes of its disk
   * @param remaining time until it has everything; null if unknown, or if nothing is missing
   */
  public record Node(
      String node,
      State state,
      String version,
      Instant reportedAt,
      Instant receivedAt,
      Duration age,
      boolean isAtLeast,
      Duration skew,
      boolean hasHeardRules,
      Amount present,
      Amount lacking,
      Amount unheard,
      Amount waiting,
      List<Count> counts,
      List<Absence> exceptions,
      List<String> problems,
      @Nullable Oldest oldest,
      long lineBytes,
      @Nullable Long lineRate,
      long freeBytes,
      long totalBytes,
      @Nullable Remaining remaining) {
    /** Clocks that differ by more count as skewed. */
    private static final Duration CLOCKS = Duration.ofSeconds(10);

    public Node {
      counts = List.copyOf(counts);
      exceptions = List.copyOf(exceptions);
      problems = List.copyOf(problems);
    }

    /** Whether the site's clock and the hub's differ. */
    public boolean isSkewed() {
      return skew.abs().compareTo(CLOCKS) > 0;
    }
  }

  /**
   * A lagging image.
   *
   * @param name a name that shows it; null if unknown
   * @param since its push
   * @param isAtLeast whether it may have been pushed earlier, since the push time is unknown
   */
  public record Oldest(@Nullable String name, Instant since, boolean isAtLeast) {}

  /**
   * An estimate: shared layers are fetched once, so it may take less.
   *
   * @param time until it has what it lacks, and what waits
   * @param isAtLeast whether this is a lower bound
   * @param isMeasured true by the site's measured rate, false by its group's limit
   */
  public record Remaining(Duration time, boolean isAtLeast, boolean isMeasured) {}

  /**
   * One image at a site.
   *
   * @param stage its progress
   * @param group rules of the site's group, as written in the settings
   * @param since its push, or when it was observed; null if nothing is shown
   * @param isPushKnown whether the push time is known
   * @param at the node with this state; null if no node matters
   * @param absence that node's report of it; null if not listed
   * @param platforms those that its rule names, of an image with several; all if empty
   * @param times when it came there
   */
  public record Image(
      Stage stage,
      List<String> group,
      @Nullable Instant since,
      boolean isPushKnown,
      @Nullable Node at,
      @Nullable Absence absence,
      List<String> platforms,
      Times times) {
    public Image {
      group = List.copyOf(group);
      platforms = List.copyOf(platforms);
    }

    /** One of all platforms. */
    public Image(
        Stage stage,
        List<String> group,
        @Nullable Instant since,
        boolean isPushKnown,
        @Nullable Node at,
        @Nullable Absence absence,
        Times times) {
      this(stage, group, since, isPushKnown, at, absence, List.of(), times);
    }
  }

  /**
   * When an image came to a site, as a hub noticed it. What happened before that hub started is not
   * known.
   *
   * @param presentAt when a report first proved that it is there; none if no report was seen before
   *     that did not
   * @param pulledAt when a pull there was first heard of; not the first one, perhaps, of an image
   *     that nobody saw come
   */
  public record Times(@Nullable Instant presentAt, @Nullable Instant pulledAt) {
    /** Nothing was noticed. */
    public static final Times NONE = new Times(null, null);
  }

  /** The progress of an image at a site, the worst first. */
  public enum Stage {
    /** The site was revoked. */
    REVOKED,
    /** The settings have no group of the site's group's name. */
    NO_GROUP,
    /** No rule of its group names it. */
    NOT_NAMED,
    /** A rule names only the newest tags, and it is not among them. */
    NOT_NEWEST,
    /** The name shows nothing yet that the rule wants. */
    NOT_SHOWN,
    /** The name shows nothing any more. */
    REMOVED,
    /** No node has reported. */
    NO_REPORT,
    /** The node has not heard of it. */
    NOT_HEARD,
    /** The node reported it as absent. */
    ABSENT,
    /** The node holds it, or counts it among unlisted absent images. */
    UNCERTAIN,
    /** Its rule fetches it only on request. */
    ON_DEMAND,
    /** It is there. */
    PRESENT
  }
}
