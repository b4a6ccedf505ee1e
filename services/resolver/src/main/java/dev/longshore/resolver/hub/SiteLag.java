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
 * How far a site is behind what its rules name.
 *
 * @param site the site
 * @param group its group
 * @param state of its worst node
 * @param revokedAt when it was shut out; none if it was not
 * @param joinedAt when a node of it joined last; none before
 * @param windowOpensAt when it may fetch again what nobody asks for; none if it may now
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
    /** Its last report is old: nobody knows what it has by now. */
    REPORT_ABSENT,
    /** The settings have no group of its name: it is told nothing. */
    NO_GROUP,
    /** No node of it has reported yet. */
    NO_REPORT,
    /** It lacks images that its rules name. */
    BEHIND,
    /** An operator put it on hold. */
    PAUSED,
    /** All that it lacks waits for the hours in which it may fetch. */
    WINDOW,
    /** It has all that its rules name. */
    UP_TO_DATE,
    /** It was shut out. */
    REVOKED;

    /** Whether something is to be done about it, or soon will be. */
    public boolean isLate() {
      return compareTo(PAUSED) < 0;
    }
  }

  /** The node that is furthest behind; empty if none has reported. */
  public Optional<Node> worst() {
    return nodes.stream().findFirst();
  }

  /**
   * What is known of a node by its last report, and by what it was to be told since.
   *
   * @param node its name
   * @param state its state
   * @param version version of Longshore at the node
   * @param reportedAt site's clock
   * @param receivedAt hub's clock
   * @param age of the report
   * @param isAtLeast whether all figures are lower bounds, as the report is old
   * @param skew by how much the site's clock was ahead of the hub's, or later than it by the time
   *     that the request took
   * @param hasHeardRules whether it was told all that its rules name now, up to its cursor
   * @param present what it holds
   * @param lacking images that it should have by now: what the report says without those that wait,
   *     and what it has not heard of
   * @param unheard of these, what was pushed after its cursor
   * @param waiting images that wait for its window, or while it is on hold
   * @param counts what it does not hold, by reason, as reported
   * @param exceptions images that it does not hold, as reported
   * @param problems what else it says is wrong
   * @param oldest the oldest image that lags; none if none does, or it is not known
   * @param lineBytes bytes that came over the line since it joined
   * @param lineRate bytes a second lately; none if it was not measured
   * @param freeBytes bytes free on its disk
   * @param totalBytes bytes of its disk
   * @param remaining time until it has all; none if it is not known, or nothing is missing
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
    /** Clocks that differ by more are said to. */
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
   * An image that lags.
   *
   * @param name a name that shows it; none if it is not known
   * @param since its push
   * @param isAtLeast whether it was pushed then or before, as nobody told of the push
   */
  public record Oldest(@Nullable String name, Instant since, boolean isAtLeast) {}

  /**
   * An estimate: layers that images share come once, and so it may take less.
   *
   * @param time until it has what it lacks, and what waits
   * @param isAtLeast whether it takes at least so long
   * @param isMeasured whether by a rate that the site measured, or by its group's limit
   */
  public record Remaining(Duration time, boolean isAtLeast, boolean isMeasured) {}

  /**
   * One image at a site.
   *
   * @param stage how far it is
   * @param group rules of the site's group, as a person wrote them
   * @param since its push, or when it was observed; none if nothing is shown
   * @param isPushKnown whether somebody told of the push
   * @param at the node whose state this is; none if no node matters
   * @param absence what that node reported of it; none if it named it not
   * @param times when it came there
   */
  public record Image(
      Stage stage,
      List<String> group,
      @Nullable Instant since,
      boolean isPushKnown,
      @Nullable Node at,
      @Nullable Absence absence,
      Times times) {
    public Image {
      group = List.copyOf(group);
    }
  }

  /**
   * When an image came to a site, as a hub noticed it. Nobody knows what happened before that hub
   * started.
   *
   * @param presentAt when a report first proved that it is there; none if no report was seen before
   *     that did not
   * @param pulledAt when a pull there was first heard of; not the first one, perhaps, of an image
   *     that nobody saw come
   */
  public record Times(@Nullable Instant presentAt, @Nullable Instant pulledAt) {
    /** Nobody noticed anything. */
    public static final Times NONE = new Times(null, null);
  }

  /** How far an image is at a site, the worst first. */
  public enum Stage {
    /** The site was shut out. */
    REVOKED,
    /** The settings have no group of the site's group's name. */
    NO_GROUP,
    /** No rule of its group names it. */
    NOT_NAMED,
    /** A rule names the newest tags alone, and it is not among them. */
    NOT_NEWEST,
    /** The name shows nothing that the rule asks for yet. */
    NOT_SHOWN,
    /** The name shows nothing any more. */
    REMOVED,
    /** No node has reported. */
    NO_REPORT,
    /** The node has not heard of it. */
    NOT_HEARD,
    /** The node named it as one that it does not hold. */
    ABSENT,
    /** The node holds it, or it is one of those that it counts as missing. */
    UNCERTAIN,
    /** A rule keeps it nowhere before somebody asks for it. */
    ON_DEMAND,
    /** It is there. */
    PRESENT
  }
}
