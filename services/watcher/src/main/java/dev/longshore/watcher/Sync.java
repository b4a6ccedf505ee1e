package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Compares a registry with what is known, once and now, as a poll does. */
public final class Sync {
  private final Catalog catalog;
  private final WatchedRegistry registry;
  private final Poll poll;
  private final Backfill backfill;
  private final boolean isDry;

  /** What is at the registry and not here. */
  public enum Change {
    NEW,
    MOVED,
    GONE
  }

  /** One difference. */
  public record Difference(Change change, Reference reference) {}

  /** A repository that could not be compared, and why. */
  public record Failed(String repository, String error) {}

  /**
   * A comparison that is not begun.
   *
   * @param repository the only one to compare; all that are polled if null
   * @param images reads the registry; only within a budget as large as that of its polls
   * @param budgets makes one of so many requests a second
   * @param hints where each difference is stored, so that the watcher mirrors it
   * @param differences gets each of them, after it was stored
   * @param isDry whether nothing is mirrored, so that no difference has to wait for room
   */
  public Sync(
      RegistrySettings settings,
      @Nullable String repository,
      ImageSource images,
      IntFunction<RequestBudget> budgets,
      Catalog catalog,
      Rules rules,
      WatcherSettings watcher,
      HintSink hints,
      Consumer<Difference> differences,
      boolean isDry,
      Clock clock) {
    PollSettings configured = settings.poll();
    PollSettings polled = configured == null ? PollSettings.UNSAID : configured;
    this.catalog = catalog;
    this.registry =
        new WatchedRegistry(
            settings.name(),
            new RegistryHost(settings.host()),
            images.within(budgets.apply(polled.requestsPerSecond())),
            new RepositoryPatterns(
                repository == null ? polled.repositories() : List.of(repository)));
    this.backfill = new Backfill(registry.host(), polled.backfill(), catalog, clock);
    this.isDry = isDry;
    this.poll =
        new Poll(
            registry,
            catalog,
            new MirrorScope(() -> rules, watcher.mirrorUntagged()),
            hint -> {
              // A failure is the caller's to tell, and not kept.
              if (!RepositoryComparison.isAskedFor(hint)) {
                List<Difference> found = differences(hint);
                hints.store(hint.origin() == Origin.BACKFILL ? hint : hint.by(Origin.SYNC));
                found.forEach(differences);
              }
            },
            clock);
  }

  /**
   * Compares repository by repository.
   *
   * @param begun gets the name of each when it begins
   * @param waits hears every few seconds what a difference waits for
   * @param failed gets those that could not be compared
   * @throws RegistryException if the registry itself fails
   */
  public void run(Consumer<String> begun, Consumer<WaitForRoom> waits, Consumer<Failed> failed)
      throws RegistryException, HintNotStoredException, InterruptedException {
    Backfill.Room room = isDry ? (_, _, _) -> true : backfill.whenThereIs(() -> true, waits);
    Poll.Listed listed = poll.list();
    String error = listed.error();
    if (error != null) {
      failed.accept(new Failed("the list of repositories", error));
    }
    for (String repository : listed.names()) {
      begun.accept(registry.host() + "/" + repository);
      String trouble =
          poll.look(
                  repository, Optional.empty(), RepositoryComparison.Progress.UNHEARD, false, room)
              .error();
      if (trouble != null) {
        failed.accept(new Failed(registry.host() + "/" + repository, trouble));
      }
    }
  }

  private List<Difference> differences(Hint hint) {
    try {
      return HintVerification.targets(registry, hint).stream().map(this::difference).toList();
    } catch (PermanentFailure e) {
      throw new IllegalStateException("a hint of a poll cannot be read", e);
    }
  }

  private Difference difference(HintTarget target) {
    if (target.tag() == null) {
      return new Difference(
          Change.NEW,
          new Reference(target.name(), Optional.empty(), Optional.ofNullable(target.digest())));
    }
    boolean known =
        catalog
            .tags()
            .of(target.name(), target.tag())
            .filter(state -> !state.deleted())
            .isPresent();
    Change change = target.deletion() ? Change.GONE : known ? Change.MOVED : Change.NEW;
    return new Difference(change, Reference.tagged(target.name(), target.tag()));
  }

  /**
   * What a look waits for while a registry's backfill has no room for one more image.
   *
   * @param rests whether somebody decided that the backfill rests
   * @param images that are under way
   * @param unconverted those of them that are not converted
   * @param first the one that is under way for the longest time; null if none is
   */
  public record WaitForRoom(
      RegistryHost registry, boolean rests, int images, int unconverted, @Nullable First first) {

    /**
     * The image that is under way for the longest time.
     *
     * @param image its name
     * @param time for which it is
     * @param trouble what is known to hold it up; null if nothing is
     */
    public record First(String image, Duration time, @Nullable String trouble) {}

    /** For people. */
    public String text() {
      if (rests) {
        return "waiting: the backfill of %1$s rests; 'longshore backfill resume %1$s' lets it go on"
            .formatted(registry);
      }
      if (first == null) {
        return "waiting: the backfill of %s has no room".formatted(registry);
      }
      String trouble = first.trouble == null ? "" : ": " + first.trouble;
      return "waiting: %d images of %s are under way, %d of them not converted; for the longest time %s, %d s%s"
          .formatted(images, registry, unconverted, first.image, first.time.toSeconds(), trouble);
    }
  }
}
