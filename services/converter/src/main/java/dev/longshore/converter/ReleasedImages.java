package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.retention.Surplus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Effects.Deletion;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends the records of images that retention took off all peers, once all have seen that they are
 * gone, and has those converted again that a tag wants after all: it points there again, or a rule
 * changed.
 */
public final class ReleasedImages extends RepeatedLook {
  /** How long an image is gone before its records end: the pinner says first what names show. */
  static final Duration SEEN_WITHIN = Duration.ofMinutes(10);

  /** Time before the step is asked for the same name again: a conversion may take that long. */
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private static final int PAGE = 500;
  private final Catalog catalog;
  private final Supplier<Rules> rules;
  private final Predicate<String> nudge;
  private final Clock clock;

  /** Keys of names whose images are to end, for the step that was asked. */
  private final Set<String> ending = ConcurrentHashMap.newKeySet();

  private final Map<String, Instant> asked = new HashMap<>();

  /**
   * @param nudge asks the step to look at a name's key; false if it will not now
   * @param every pause between two looks
   */
  ReleasedImages(
      Catalog catalog,
      Supplier<Rules> rules,
      Predicate<String> nudge,
      Duration every,
      Clock clock,
      LoopTurn turn) {
    super("released images", every, turn);
    this.catalog = catalog;
    this.rules = rules;
    this.nudge = nudge;
    this.clock = clock;
  }

  @Override
  void look() {
    Rules now = rules.get();
    Surplus surplus = new Surplus(catalog, now);
    Set<RepositoryName> looked = new HashSet<>();
    Instant time = clock.instant();
    asked.values().removeIf(at -> !time.isBefore(at.plus(AGAIN)));
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().going(PinPhase.GONE, after, PAGE);
      page.stream()
          .filter(pin -> isSeen(pin, time))
          .forEach(pin -> look(pin, surplus, looked, time));
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    lookAtTags(now, surplus, time);
  }

  /** Most images that were let go have left no record but what their tags showed. */
  private void lookAtTags(Rules now, Surplus surplus, Instant time) {
    @Nullable RepositoryName repository = null;
    Predicate<Digest> wanted = _ -> false;
    @Nullable String after = null;
    List<String> page;
    do {
      page = catalog.served().removedSince(time, after, PAGE);
      for (String key : page) {
        Optional<TagState> released = releasedTag(key, now);
        if (released.isPresent()) {
          TagState tag = released.get();
          if (repository == null || !repository.equals(tag.name())) {
            repository = tag.name();
            wanted = surplus.wanted(repository, time);
          }
          if (wanted.test(tag.digest())) {
            convertAgain(key, time);
          }
        }
      }
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
  }

  /** A tag that its source has, and that shows nothing as its image was let go. */
  private Optional<TagState> releasedTag(String key, Rules now) {
    return catalog
        .served()
        .byKey(key)
        .filter(shown -> shown.removed() == RemovalReason.RELEASED)
        .flatMap(
            shown ->
                catalog
                    .tags()
                    .byKey(key)
                    .filter(tag -> tag.tag() != null && !tag.deleted())
                    .filter(tag -> tag.digest().equals(shown.digest()))
                    .filter(tag -> takes(now, tag) && !failedSince(tag, shown.changedAt())));
  }

  private static boolean takes(Rules now, TagState tag) {
    return now.firstMatch(tag.name(), tag.selector()).settings().takes(tag.selector());
  }

  /** Whether its conversion has failed for good since: it would fail again. */
  private boolean failedSince(TagState tag, Instant removedAt) {
    return catalog.failures().of(tag.key()).stream()
        .filter(failure -> failure.kind() == WorkFailure.Kind.PERMANENT)
        .anyMatch(failure -> failure.at().isAfter(removedAt));
  }

  private static boolean isSeen(PinState pin, Instant now) {
    return !now.isBefore(goneAt(pin).plus(SEEN_WITHIN));
  }

  private static Instant goneAt(PinState pin) {
    return pin.stateSince() == null ? pin.changedAt() : pin.stateSince();
  }

  private void look(PinState pin, Surplus surplus, Set<RepositoryName> looked, Instant now) {
    List<ImageState> images = catalog.conversions().recordsByDag(pin.imageDag());
    if (images.isEmpty() || catalog.decisions().isForgotten(pin.imageDag())) {
      return;
    }
    List<Digest> digests = images.stream().map(ImageState::digest).distinct().toList();
    List<TagState> names =
        digests.stream().flatMap(digest -> catalog.tags().withDigest(digest).stream()).toList();
    Set<RepositoryName> holders = new HashSet<>();
    images.forEach(image -> holders.add(image.name()));
    names.forEach(name -> holders.add(name.name()));
    holders.stream().filter(looked::add).forEach(repository -> surplus.look(repository, now));
    switch (surplus.verdict(pin.imageDag())) {
      case TO_GO -> images.forEach(this::end);
      case WANTED ->
          names.stream()
              .filter(name -> name.tag() != null && !name.deleted())
              .filter(name -> digests.contains(name.digest()))
              .forEach(name -> convertAgain(name.key(), now));
      case UNKNOWN -> {}
    }
  }

  private void end(ImageState image) {
    String key = TagState.key(image.name(), image.digest());
    boolean isTold =
        catalog
            .served()
            .byKey(key)
            .map(ServedState::results)
            .filter(shown -> !shown.isEmpty())
            .isEmpty();
    if (isTold) {
      ending.add(key);
      var _ = nudge.test(key);
    }
  }

  private void convertAgain(String key, Instant now) {
    if (!asked.containsKey(key) && nudge.test(key)) {
      asked.put(key, now);
    }
  }

  /** What the step does with a name whose images are to end; empty if it is about another. */
  Optional<Effects> ended(Message message) {
    if (message.body() != null || !ending.remove(message.key())) {
      return Optional.empty();
    }
    return catalog.tags().byKey(message.key()).map(this::ended);
  }

  /** Ends the records of its images, but of none that was made again since. */
  private Effects ended(TagState name) {
    List<Deletion> deletions = new ArrayList<>();
    for (ImageState image : catalog.conversions().forRepository(name.name(), name.digest())) {
      boolean isGone =
          catalog
              .pins()
              .of(image.imageDag())
              .filter(pin -> pin.state() == PinPhase.GONE)
              .filter(pin -> image.convertedAt().isBefore(goneAt(pin)))
              .isPresent();
      if (isGone && !tellsOfKept(image) && !catalog.decisions().isForgotten(image.digest())) {
        deletions.add(new Deletion(Topic.IMAGES, image.key()));
      }
    }
    return new Effects(List.of(), deletions, List.of());
  }

  /** Whether it names an earlier DAG that is still kept, and that no record of its own names. */
  private boolean tellsOfKept(ImageState image) {
    return image.formerDags().stream()
        .filter(dag -> catalog.conversions().firstByDag(dag).isEmpty())
        .flatMap(dag -> catalog.pins().of(dag).stream())
        .anyMatch(pin -> pin.state() != PinPhase.RELEASING && pin.state() != PinPhase.GONE);
  }
}
