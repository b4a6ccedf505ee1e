package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.TimeText;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision.Rest;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PollState;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How far the first look at everything in a registry is, as topic {@code polls} tells. */
public final class Backfills {
  /** Repositories under way that are named. */
  private static final int NAMED = 10;

  private static final int DECISIONS = 1_000;

  private Backfills() {}

  /**
   * Of one registry.
   *
   * @param repositories all of them, if the watcher has listed them
   * @param whole those fully compared, or without anything that a rule wants
   * @param underWay the others that were begun
   * @param images how many images that makes
   * @param rest why it rests, if somebody wants that
   */
  public record Progress(
      String registry,
      @Nullable Integer repositories,
      int whole,
      Images images,
      List<PollState> underWay,
      Optional<DecisionState> rest) {
    public Progress {
      underWay = List.copyOf(underWay);
    }

    /** Whether nothing is left, and nothing stops what may come. */
    public boolean isOver() {
      return repositories != null && left() == 0 && rest.isEmpty();
    }

    private int left() {
      return repositories == null ? 0 : Math.max(0, repositories - whole);
    }

    /** For people. */
    public List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add(
          repositories == null
              ? "%s: its repositories are not listed yet".formatted(registry)
              : "%s: %d of %d repositories are mirrored, %d are left"
                  .formatted(registry, whole, repositories, left()));
      images.line(rest.isPresent()).ifPresent(line -> lines.add(registry + ": " + line));
      rest.ifPresent(
          d ->
              lines.add(
                  "%s: rests%s, as %s decided at %s: %s"
                      .formatted(
                          registry,
                          d.until() == null ? "" : " until " + d.until(),
                          d.by(),
                          TimeText.text(d.decidedAt()),
                          d.reason())));
      underWay.stream()
          .limit(NAMED)
          .forEach(
              poll ->
                  lines.add(
                      "%s: %s of %s tags"
                          .formatted(poll.key(), number(poll.compared()), number(poll.listed()))));
      if (underWay.size() > NAMED) {
        lines.add("and %d more repositories are under way".formatted(underWay.size() - NAMED));
      }
      return lines;
    }

    private static String number(@Nullable Integer count) {
      return count == null ? "?" : count.toString();
    }

    void put(ObjectNode node) {
      node.put("registry", registry)
          .put("repositories", repositories)
          .put("whole", whole)
          .put("left", repositories == null ? null : left())
          .put("rests", rest.isPresent());
      images.put(node, rest.isPresent());
      ArrayNode list = node.putArray("underWay");
      underWay.forEach(
          poll ->
              list.addObject()
                  .put("repository", poll.repository())
                  .put("compared", poll.compared())
                  .put("listed", poll.listed()));
    }
  }

  /**
   * How many images of a backfill there are. Of a repository that was not looked at yet, nobody
   * knows how many tags it has: as many as the others, on average.
   *
   * @param done tags that were told of
   * @param left the others, if that can be told
   * @param areCounted whether all of those that are left were counted
   * @param until when all will be done, if it goes on as it did in what is under way
   */
  record Images(long done, OptionalLong left, boolean areCounted, Optional<Instant> until) {
    private static final long MILLIS = 1_000;

    static Images of(
        @Nullable Integer repositories,
        List<PollState> whole,
        List<PollState> underWay,
        Instant now) {
      long done = whole.stream().mapToLong(state -> number(state.listed())).sum();
      long known = done;
      double perSecond = 0;
      int counted = whole.size();
      for (PollState state : underWay) {
        long compared = number(state.compared());
        done += compared;
        if (state.listed() != null) {
          counted++;
          known += Math.max(state.listed(), compared);
        }
        perSecond += pace(state, compared);
      }
      if (repositories == null || counted == 0) {
        return new Images(done, OptionalLong.empty(), false, Optional.empty());
      }
      long unseen = Math.max(0, repositories - counted);
      long left = known - done + unseen * known / counted;
      return new Images(
          done,
          OptionalLong.of(left),
          unseen == 0,
          perSecond == 0
              ? Optional.empty()
              : Optional.of(now.plusMillis((long) (left * MILLIS / perSecond))));
    }

    /** Since the look began, until it was noted. */
    private static double pace(PollState state, long compared) {
      Instant began = state.startedAt();
      if (began == null || !state.nextPollAt().isAfter(began)) {
        return 0;
      }
      return (double) compared * MILLIS / Duration.between(began, state.nextPollAt()).toMillis();
    }

    private static long number(@Nullable Integer count) {
      return count == null ? 0 : count;
    }

    Optional<String> line(boolean rests) {
      if (left.isEmpty() || left.getAsLong() == 0) {
        return Optional.empty();
      }
      return Optional.of(
          "%d images are done, %s%d are left, %s"
              .formatted(
                  done,
                  areCounted ? "" : "about ",
                  left.getAsLong(),
                  rests
                      ? "and wait"
                      : until
                          .map(at -> "until about " + at.truncatedTo(ChronoUnit.MINUTES))
                          .orElse("nobody knows until when yet")));
    }

    void put(ObjectNode node, boolean rests) {
      node.put("imagesDone", done)
          .put("imagesLeft", left.isEmpty() ? null : left.getAsLong())
          .put("imagesAreCounted", areCounted)
          .put("until", rests ? null : until.map(Instant::toString).orElse(null));
    }
  }

  /** The decision that a registry's backfill rests. */
  public static Optional<DecisionState> rest(Catalog catalog, String registry) {
    return catalog.decisions().standing(Rest.class, null, DECISIONS).stream()
        .filter(d -> d.decision().map(Rest.class::cast).orElseThrow().registry().equals(registry))
        .findFirst();
  }

  /**
   * Of each registry that is polled.
   *
   * @param states the last ones of topic {@code polls}
   */
  static List<Progress> of(
      SharedSettings shared, List<PollState> states, Catalog catalog, Instant now) {
    return of(
        shared.registries().stream()
            .filter(registry -> registry.poll() != null)
            .map(RegistrySettings::host)
            .toList(),
        states,
        catalog,
        now);
  }

  static List<Progress> of(
      List<String> registries, List<PollState> states, Catalog catalog, Instant now) {
    return registries.stream()
        .map(
            registry ->
                of(
                    registry,
                    states.stream().filter(state -> state.registry().equals(registry)).toList(),
                    catalog,
                    now))
        .toList();
  }

  private static Progress of(
      String registry, List<PollState> states, Catalog catalog, Instant now) {
    List<PollState> ofRepositories =
        states.stream().filter(state -> state.repository() != null).toList();
    Integer repositories =
        states.stream()
            .filter(state -> state.repository() == null)
            .map(PollState::listed)
            .findFirst()
            .orElse(null);
    List<PollState> whole = ofRepositories.stream().filter(Backfills::isWhole).toList();
    List<PollState> underWay =
        ofRepositories.stream()
            .filter(state -> !isWhole(state))
            .sorted(Comparator.comparing(PollState::key))
            .toList();
    return new Progress(
        registry,
        repositories,
        whole.size(),
        Images.of(repositories, whole, underWay, now),
        underWay,
        rest(catalog, registry));
  }

  private static boolean isWhole(PollState state) {
    boolean isUnwanted = state.listed() == null && state.cursor() == null && state.error() == null;
    return state.completedAt() != null || isUnwanted;
  }
}
