package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.oci.source.RequestQuota;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the polls of a registry look at, with the requests that they send, and told to nobody who
 * would mirror it.
 */
public final class BackfillListing {
  /** A repository is given up after this many temporary failures: each try takes time. */
  private static final int FAILURES = 20;

  /** Bounds what is in memory: an image's manifests may have some MiB. */
  private static final int MOST_AT_ONCE = 16;

  private final WatchedRegistry registry;
  private final int atOnce;
  private final String asked;
  private final RepositoryPatterns only;
  private final Poll poll;
  private final MirrorScope scope;
  private final Catalog catalog;
  private final RequestBudget budget;
  private final RequestBudget ofPolls;
  private final ImageSource source;

  /** What is found. */
  public interface Visitor {
    /** A repository begins. */
    void repository(RepositoryName name);

    /** No rule wants anything of the repository. */
    void unwanted(String repository);

    /**
     * Images that are visited next, perhaps of a repository that has not begun, after those that
     * came before.
     *
     * @return calls to make for them, concurrently and before
     */
    List<Callable<Void>> coming(RepositoryName name, List<Descriptor> found);

    /**
     * An image, named or one that refers to another.
     *
     * @throws RegistryException if it cannot be looked into
     */
    void image(RepositoryName name, @Nullable Tag tag, Descriptor found)
        throws RegistryException, InterruptedException;

    /** Something that will not be mirrored as it is. */
    void passedOver(String what, String reason, String why);

    /** Something that may be mirrored and could not be looked at now. */
    void unseen(String what, String why);
  }

  /**
   * A listing that is not begun.
   *
   * @param pattern of the repositories to look at; all that are polled if null
   * @param images reads the registry; only within the budget
   * @param pauses hears of each pause that the registry asks for, and lets it pass
   * @param memory what stands before the registry, and may have its answers
   */
  public BackfillListing(
      RegistrySettings settings,
      @Nullable String pattern,
      ImageSource images,
      RequestBudget budget,
      RequestBudget.Wait pauses,
      UnaryOperator<ImageSource> memory,
      Catalog catalog,
      Rules rules,
      WatcherSettings watcher,
      Clock clock) {
    PollSettings polled = settings.poll();
    this.asked = pattern == null ? "**" : pattern;
    this.atOnce =
        Math.min(MOST_AT_ONCE, (polled == null ? PollSettings.UNSAID : polled).requestsPerSecond());
    RetryingSource patient = new RetryingSource(pauses);
    this.ofPolls = budget.part();
    this.source = memory.apply(patient.of(images.within(budget)));
    this.registry =
        new WatchedRegistry(
            settings.name(),
            new RegistryHost(settings.host()),
            memory.apply(patient.of(images.within(ofPolls))),
            new RepositoryPatterns(polled == null ? List.of(asked) : polled.repositories()));
    this.only = new RepositoryPatterns(List.of(asked));
    this.scope = new MirrorScope(() -> rules, watcher.mirrorUntagged());
    this.catalog = catalog;
    this.budget = budget;
    this.poll = new Poll(registry, catalog, scope, _ -> {}, clock);
  }

  /** Reads images of the registry, with the patience and within the budget of the listing. */
  public ImageSource source() {
    return source;
  }

  /** Requests that polls would send, too. */
  public long ofPolls() {
    return ofPolls.taken();
  }

  /** Requests that were sent, for images too. */
  public long sent() {
    return budget.taken();
  }

  /** How many requests the registry takes, if it has said so. */
  public Optional<RequestQuota> quota() {
    return budget.quota();
  }

  /** Looks at all of it. */
  public void run(Visitor visitor) throws InterruptedException {
    try {
      Poll.Listed listed = poll.list();
      String error = listed.error();
      if (error != null) {
        visitor.unseen("the list of repositories of " + registry.host(), error);
      }
      List<String> chosen = listed.names().stream().filter(only::matches).toList();
      if (chosen.isEmpty()) {
        visitor.unseen(
            registry.host() + "/" + asked,
            "no such repository is polled and in the registry; check the name, and"
                + " poll.repositories");
      }
      lookAtAll(chosen, visitor);
    } catch (RegistryException e) {
      if (e.kind() == Kind.INTERRUPTED) {
        throw new InterruptedException(e.getMessage());
      }
      visitor.unseen("the rest of " + registry.host(), text(e));
    }
  }

  /** In their order, though they are asked about ahead of their turn. */
  private void lookAtAll(List<String> repositories, Visitor visitor)
      throws RegistryException, InterruptedException {
    try (ListingPrefetch ahead = new ListingPrefetch(visitor, MOST_AT_ONCE)) {
      for (String repository : repositories) {
        Optional<RepositoryName> name = name(repository, visitor);
        if (name.isPresent()) {
          ahead.add(new RepositoryListing(name.get(), registry.forPolls(), scope, catalog, atOnce));
        }
        if (ahead.isFull()) {
          lookAt(ahead.next(), visitor);
        }
      }
      while (!ahead.isEmpty()) {
        lookAt(ahead.next(), visitor);
      }
    }
  }

  private Optional<RepositoryName> name(String repository, Visitor visitor) {
    RepositoryName name;
    try {
      name = new RepositoryName(registry.host(), repository);
    } catch (OciFormatException e) {
      visitor.passedOver(
          registry.host() + "/" + repository, "NAME_INVALID", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    if (!scope.covers(name)) {
      visitor.unwanted(name.toString());
      return Optional.empty();
    }
    return Optional.of(name);
  }

  private void lookAt(RepositoryListing listing, Visitor visitor)
      throws RegistryException, InterruptedException {
    RepositoryName name = listing.name();
    visitor.repository(name);
    try {
      look(listing, visitor);
    } catch (RegistryException e) {
      if (isOverAll(name, e)) {
        throw e;
      }
      boolean gone =
          e.kind() == Kind.NOT_FOUND && !registry.polled().names().contains(name.repository());
      if (gone) {
        visitor.passedOver(name.toString(), "NAME_UNKNOWN", text(e));
      } else {
        visitor.unseen(name.toString(), text(e));
      }
    }
  }

  private void look(RepositoryListing listing, Visitor visitor)
      throws RegistryException, InterruptedException {
    Set<Digest> images = new LinkedHashSet<>();
    int failed = images(listing, listing.tagged(), images, visitor, 0);
    images(listing, referrers(listing, images, visitor), images, visitor, failed);
  }

  /** As many at once as the budget has requests in a second; told of in order. */
  private int images(
      RepositoryListing listing,
      List<Reference> references,
      Set<Digest> images,
      Visitor visitor,
      int failedBefore)
      throws RegistryException, InterruptedException {
    int failed = failedBefore;
    for (int from = 0; from < references.size(); from += atOnce) {
      List<RepositoryListing.Answer> answers = listing.of(listing.some(references, from));
      var _ = AtOnce.all(visitor.coming(listing.name(), RepositoryListing.found(answers)));
      for (RepositoryListing.Answer answer : answers) {
        failed = image(answer, images, visitor, failed);
      }
    }
    return failed;
  }

  /** A registry that fails for referrers must not hide its tags, as in a poll. */
  private List<Reference> referrers(RepositoryListing listing, Set<Digest> images, Visitor visitor)
      throws RegistryException, InterruptedException {
    try {
      return listing.referrers(images);
    } catch (RegistryException e) {
      if (isOverAll(listing.name(), e)) {
        throw e;
      }
      String what = "referrers of " + listing.name();
      if (e.transientFailure()) {
        visitor.unseen(what, text(e));
      } else {
        visitor.passedOver(what, e.kind().name(), text(e));
      }
      return List.of();
    }
  }

  /** What is refused for this image alone must not hide the others. */
  private int image(
      RepositoryListing.Answer answer, Set<Digest> images, Visitor visitor, int failed)
      throws RegistryException, InterruptedException {
    Reference reference = answer.reference();
    Descriptor found = answer.found();
    try {
      if (found == null) {
        throw Objects.requireNonNull(answer.failure());
      }
      images.add(found.digest());
      visitor.image(reference.name(), reference.tag().orElse(null), found);
      return failed;
    } catch (RegistryException e) {
      if (isOverAll(reference.name(), e)) {
        throw e;
      }
      if (!e.transientFailure()) {
        visitor.passedOver(reference.toString(), e.kind().name(), text(e));
        return failed;
      }
      visitor.unseen(reference.toString(), text(e));
      if (failed + 1 == FAILURES) {
        throw e;
      }
      return failed + 1;
    }
  }

  private boolean isOverAll(RepositoryName name, RegistryException e) throws InterruptedException {
    return e.kind() == Kind.INTERRUPTED
        || (e.transientFailure()
            && registry.forPolls().isOverAll(name.host(), Optional.of(name), e));
  }

  private static String text(RegistryException e) {
    return String.valueOf(e.getMessage());
  }
}
