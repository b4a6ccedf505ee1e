package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.NewDecisions;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ReferrerTags;
import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has names converted again whose image was forgotten until somebody took that back, and what
 * belongs to it. Looks after each decision and at the start, and again while such a name lacks its
 * image.
 */
public final class UndoneForgets implements Part {
  /** Time before the step is asked for the same name again: a conversion may take that long. */
  static final Duration AGAIN = Duration.ofMinutes(10);

  /** Time before the next look while the step does not take all. */
  private static final Duration REFUSED = Duration.ofSeconds(5);

  private static final int PAGE = 100;
  private static final Logger LOG = LoggerFactory.getLogger(UndoneForgets.class);

  private final Catalog catalog;
  private final Supplier<RequestedConversions> conversions;
  private final Predicate<String> nudge;
  private final Clock clock;
  private final NewDecisions decisions;
  private final LoopTurn turn;
  private final Map<Lacking, Instant> asked = new HashMap<>();
  private final Loop loop = new Loop("undone forgets", this::run);

  /**
   * A name without its image.
   *
   * @param undoneAt when the forget of the image was undone: after another one it is asked for anew
   */
  private record Lacking(String key, Instant undoneAt) {}

  /**
   * For one converter.
   *
   * @param conversions that rules ask for now
   * @param nudge asks the step to look at a name's key; false if it will not now, as while the
   *     key's partition is another instance's
   */
  UndoneForgets(
      Catalog catalog,
      Supplier<RequestedConversions> conversions,
      Predicate<String> nudge,
      Clock clock,
      LoopTurn turn) {
    this.catalog = catalog;
    this.decisions = new NewDecisions(catalog);
    this.conversions = conversions;
    this.nudge = nudge;
    this.clock = clock;
    this.turn = turn;
  }

  @Override
  public String name() {
    return "undone forgets";
  }

  @Override
  public void start() {
    loop.start();
  }

  /** Why nothing is looked for any more, if so. */
  public Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (true) {
      boolean all = false;
      try {
        all = round();
        turn.turned();
      } catch (CatalogException e) {
        LOG.info("names of undone forgets cannot be looked for yet: {}", e.getMessage());
      }
      Duration pause = all ? AGAIN : REFUSED;
      decisions.await(pause);
    }
  }

  /** Looks once; whether the step took all names that lack their image. */
  public boolean round() {
    Set<Lacking> lacking = lacking();
    asked.keySet().retainAll(lacking);
    boolean all = true;
    Instant now = clock.instant();
    for (Lacking name : lacking) {
      Instant last = asked.get(name);
      if (last == null || last.plus(AGAIN).isBefore(now)) {
        if (nudge.test(name.key())) {
          asked.put(name, now);
        } else {
          all = false;
        }
      }
    }
    return all;
  }

  private Set<Lacking> lacking() {
    List<DecisionState> undone = new ArrayList<>(undone());
    undone.sort(Comparator.comparing(UndoneForgets::undoneAt).reversed());
    Look look = new Look();
    for (DecisionState decision : undone) {
      look.at(decision);
    }
    return look.names();
  }

  private List<DecisionState> undone() {
    List<DecisionState> undone = new ArrayList<>();
    String last = null;
    List<DecisionState> page;
    do {
      page = catalog.decisions().page(last, PAGE);
      for (DecisionState decision : page) {
        if (decision.undone() != null && decision.forget() != null) {
          undone.add(decision);
        }
        last = decision.id();
      }
    } while (page.size() == PAGE);
    return undone;
  }

  private static Instant undoneAt(DecisionState decision) {
    return Objects.requireNonNull(decision.undone()).at();
  }

  /**
   * One look through undone decisions, the last one first: each digest, name and repository counts
   * for the first decision that leads to it, and is looked at once, however many name it.
   */
  private final class Look {
    private final Set<Digest> digests = new HashSet<>();
    private final Set<RepositoryName> repositories = new HashSet<>();
    private final Set<String> looked = new HashSet<>();
    private final Set<Lacking> names = new LinkedHashSet<>();

    Set<Lacking> names() {
      return names;
    }

    void at(DecisionState decision) {
      Instant undoneAt = undoneAt(decision);
      for (Digest digest :
          catalog.decisions().addForgottenBy(Objects.requireNonNull(decision.forget()), digests)) {
        if (!catalog.decisions().isForgotten(digest)) {
          at(digest, undoneAt);
        }
      }
    }

    private void at(Digest digest, Instant undoneAt) {
      List<TagState> having = catalog.tags().withDigest(digest);
      having.stream()
          .filter(name -> name.digest().equals(digest))
          .forEach(name -> at(name, undoneAt));
      having.stream()
          .map(TagState::name)
          .distinct()
          .flatMap(repository -> mayBelongTo(digest, repository))
          .forEach(name -> at(name, undoneAt));
    }

    /** Of a digest without a tag only its manifest says what it belongs to, and nobody read it. */
    private Stream<TagState> mayBelongTo(Digest subject, RepositoryName repository) {
      Stream<TagState> tagged =
          ReferrerTags.of(subject).stream()
              .flatMap(tag -> catalog.tags().of(repository, tag).stream());
      return repositories.add(repository)
          ? Stream.concat(tagged, catalog.tags().unmadeDigests(repository, PAGE).stream())
          : tagged;
    }

    private void at(TagState name, Instant undoneAt) {
      if (looked.add(name.key())
          && !name.deleted()
          && !catalog.decisions().isForgotten(name.digest())
          && lacksCopies(name)
          && !failedSince(name, undoneAt)) {
        names.add(new Lacking(name.key(), undoneAt));
      }
    }
  }

  /** Of a mode that its rule no longer asks for, nothing comes back. */
  private boolean lacksCopies(TagState name) {
    List<RequestedConversion> wanted;
    try {
      wanted = conversions.get().of(Convert.observed(name));
    } catch (PermanentFailure e) {
      // Nor could the step make it.
      return false;
    } catch (TransientFailure e) {
      // The step waits for what its rule names.
      return true;
    }
    List<ImageState> images = catalog.conversions().forRepository(name.name(), name.digest());
    List<List<ImageState>> made =
        wanted.stream()
            .map(conversion -> made(images, conversion.recipe()))
            .filter(Predicate.not(List::isEmpty))
            .toList();
    return !wanted.isEmpty()
        && (made.isEmpty() || made.stream().anyMatch(of -> of.stream().noneMatch(this::hasCopies)));
  }

  /** Those of its mode if none has the recipe: a source may have fewer platforms to give. */
  private static List<ImageState> made(List<ImageState> images, CanonicalRecipe recipe) {
    List<ImageState> exact =
        images.stream().filter(image -> image.recipe().equals(recipe.key())).toList();
    return exact.isEmpty()
        ? images.stream().filter(image -> image.mode().is(recipe.mode())).toList()
        : exact;
  }

  private boolean hasCopies(ImageState image) {
    return catalog.pins().of(image.imageDag()).filter(pin -> pin.verified() > 0).isPresent();
  }

  /** Whether its conversion has failed for good since: it would fail again. */
  private boolean failedSince(TagState name, Instant undoneAt) {
    return catalog.failures().of(name.key()).stream()
        .filter(failure -> failure.kind() == WorkFailure.Kind.PERMANENT)
        .anyMatch(failure -> failure.at().isAfter(undoneAt));
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    decisions.close();
    loop.stop(drain);
  }
}
