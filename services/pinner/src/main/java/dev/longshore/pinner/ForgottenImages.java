package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Requests the step for each forgotten image until it is gone, and for each whose forgetting was
 * undone until its copies stay. Checks decisions that are new to this process, and unfinished ones.
 */
final class ForgottenImages {
  private static final int PAGE = 500;

  private final Catalog catalog;
  private final Nudges nudges;

  /** Ids of decisions that may be unfinished. */
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  private volatile boolean anyIsKnown;
  private volatile Set<ImageDag> left = Set.of();

  ForgottenImages(Catalog catalog, Nudges nudges) {
    this.catalog = catalog;
    this.nudges = nudges;
    catalog.onChange(this::changed);
    catalog.onRebuilt(this::openAll);
    openAll();
  }

  private void changed(CatalogRecord record) {
    if (record.topic() == Topic.DECISIONS) {
      anyIsKnown = true;
      open.add(record.key());
    } else if (anyIsKnown && record.value() instanceof ImageState image) {
      // Its decision may have been finished before the image came.
      catalog.decisions().forgets(image.digest()).forEach(decision -> open.add(decision.id()));
    }
  }

  private void openAll() {
    @Nullable String after = null;
    List<DecisionState> page;
    do {
      page = catalog.decisions().page(after, PAGE);
      page.forEach(decision -> open.add(decision.id()));
      anyIsKnown |= !page.isEmpty();
      after = page.isEmpty() ? null : page.getLast().id();
    } while (page.size() == PAGE);
  }

  /**
   * One round.
   *
   * @param nudge requests the step for an image DAG; false if another process holds it, or the
   *     queue is full
   */
  void ask(Predicate<String> nudge) {
    Set<ImageDag> all = new HashSet<>();
    Set<Digest> looked = new HashSet<>();
    for (DecisionState decision : takeOpen()) {
      List<ImageDag> its = left(decision, looked).toList();
      if (!its.isEmpty()) {
        open.add(decision.id());
        all.addAll(its);
      }
    }
    left = Set.copyOf(all);
    all.forEach(dag -> nudges.ask(dag, nudge));
  }

  /** Those that the last round asked for, at whichever pinner they are. */
  Set<ImageDag> left() {
    return left;
  }

  /**
   * Open decisions, those that stand first, then those that were undone last: what several name
   * goes by the first of them.
   */
  private List<DecisionState> takeOpen() {
    List<DecisionState> decisions = new ArrayList<>();
    for (String id : List.copyOf(open)) {
      open.remove(id); // before the look: a change after it comes back
      catalog.decisions().of(id).ifPresent(decisions::add);
    }
    decisions.sort(
        Comparator.comparing(
            decision -> decision.undone() == null ? Instant.MAX : decision.undone().at(),
            Comparator.reverseOrder()));
    return decisions;
  }

  private Stream<ImageDag> left(DecisionState decision, Set<Digest> looked) {
    return decision.forget() == null
        ? Stream.empty()
        : catalog.decisions().addForgottenBy(decision.forget(), looked).stream()
            .flatMap(this::dags)
            .distinct()
            .filter(dag -> isToBeLookedAt(dag, decision));
  }

  /**
   * Replaced images included: they may still be on a peer, and any repository's record may be the
   * only one that names them.
   */
  private Stream<ImageDag> dags(Digest digest) {
    return catalog.conversions().recordsOfDigest(digest).stream()
        .flatMap(
            image ->
                Stream.concat(
                    Stream.of(image.imageDag()),
                    image.formerDags().stream().filter(dag -> catalog.pins().of(dag).isPresent())));
  }

  private boolean isToBeLookedAt(ImageDag dag, DecisionState decision) {
    Optional<PinState> pin = catalog.pins().of(dag);
    return catalog.decisions().isForgotten(dag)
        ? pin.filter(state -> state.state() == PinPhase.GONE).isEmpty()
        : pin.filter(state -> PinRecord.stays(state) || isLetGoSince(state, decision)).isEmpty();
  }

  /** Whether retention removed it since. */
  private static boolean isLetGoSince(PinState pin, DecisionState decision) {
    return decision.undone() != null
        && pin.stateSince() != null
        && pin.stateSince().isAfter(decision.undone().at());
  }
}
