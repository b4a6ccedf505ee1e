package dev.longshore.resolver.image;

import dev.longshore.catalog.HeldImage;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.content.UnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches all images of a repository, however many there are. Reads unread ones, and fails rather
 * than stop early: a later search continues from there.
 */
final class RepositorySearch {
  private static final Logger LOG = LoggerFactory.getLogger(RepositorySearch.class);

  /** Limit of images with a part to examine one by one; a base layer is in more. */
  private static final int FEW = 50;

  /** Images read at the same time. */
  private static final int AT_ONCE = 8;

  /** Unreadable images after which a search fails: each may take the full time without progress. */
  private static final int FAILURES_BORNE = 8;

  private final Listing listing;
  private final Images images;

  RepositorySearch(Listing listing, Images images) {
    this.listing = listing;
    this.images = images;
  }

  /**
   * An image of the repository that has this part.
   *
   * @throws UnavailableException when the part may be in an image that cannot be read now
   */
  Optional<Listed> imageWith(RepositoryName repository, Digest part)
      throws UnavailableException, InterruptedException {
    Optional<Listed> known = known(repository, part);
    if (known.isPresent()) {
      return known;
    }
    List<UnavailableException> failures = new ArrayList<>();
    Predicate<Listed> hasPart = image -> images.knownMember(image.layout().cid(), part).isPresent();
    Optional<Listed> read = read(unread(repository), hasPart, failures);
    // Images that others read meanwhile were unknown at first, and no longer unread later.
    Optional<Listed> found = read.isPresent() ? read : known(repository, part);
    if (found.isEmpty() && !failures.isEmpty()) {
      throw failures.getLast().again();
    }
    return found;
  }

  /** An image that has the part, among those read so far. */
  private Optional<Listed> known(RepositoryName repository, Digest part)
      throws InterruptedException {
    List<Cid> few = images.imagesWith(part).limit(FEW).toList();
    return few.size() < FEW ? firstListed(repository, few) : firstListed(repository, part);
  }

  /**
   * Reads all unread images of the repository. Skips unreadable ones, which are not served either.
   *
   * @throws UnavailableException when many cannot be read now
   */
  void readAll(RepositoryName repository) throws UnavailableException, InterruptedException {
    List<UnavailableException> failures = new ArrayList<>();
    read(unread(repository), _ -> false, failures);
    failures.forEach(e -> LOG.info("an image of {} is skipped: {}", repository, e.getMessage()));
  }

  /**
   * The other way round, for a part that very many images have: one of the repository's first has
   * it.
   */
  private Optional<Listed> firstListed(RepositoryName repository, Digest part)
      throws InterruptedException {
    for (Iterator<List<HeldImage>> pages = pages(repository); pages.hasNext(); ) {
      List<Cid> page = pages.next().stream().map(RepositorySearch::cid).toList();
      Optional<Listed> first = firstListed(repository, images.having(part, page));
      if (first.isPresent()) {
        return first;
      }
      goOn();
    }
    return Optional.empty();
  }

  private Optional<Listed> firstListed(RepositoryName repository, List<Cid> among) {
    return among.stream()
        .map(image -> listing.dag(repository, image))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The newest first; those that failed the last time come last. */
  private Iterator<Listed> unread(RepositoryName repository) throws InterruptedException {
    Map<Cid, Instant> unread = new HashMap<>();
    for (Iterator<List<HeldImage>> pages = pages(repository); pages.hasNext(); ) {
      Map<Cid, Instant> page = new HashMap<>();
      pages.next().forEach(image -> page.put(cid(image), image.convertedAt()));
      page.keySet().retainAll(images.unread(List.copyOf(page.keySet())));
      unread.putAll(page);
      goOn();
    }
    Comparator<Map.Entry<Cid, Instant>> newestFirst =
        Map.Entry.<Cid, Instant>comparingByValue().reversed();
    return unread.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<Cid, Instant> e) -> images.hasFailed(e.getKey()))
                .thenComparing(newestFirst))
        .map(entry -> listing.dag(repository, entry.getKey()))
        .flatMap(Optional::stream)
        .iterator();
  }

  private Iterator<List<HeldImage>> pages(RepositoryName repository) {
    return listing.images(repository).iterator();
  }

  private static Cid cid(HeldImage image) {
    return image.imageDag().cid();
  }

  private record Outcome(Listed image, @Nullable Throwable failure) {}

  /** Reads images, a few at a time, until one is wanted. */
  private Optional<Listed> read(
      Iterator<Listed> unread, Predicate<Listed> wanted, List<UnavailableException> failures)
      throws UnavailableException, InterruptedException {
    BlockingQueue<Outcome> ended = new LinkedBlockingQueue<>();
    int running = 0;
    while (true) {
      for (; running < AT_ONCE && unread.hasNext(); running++) {
        Listed image = unread.next();
        var _ =
            images.begin(image.layout()).whenComplete((_, e) -> ended.add(new Outcome(image, e)));
      }
      if (running == 0) {
        return Optional.empty();
      }
      Outcome outcome = ended.take();
      running--;
      switch (outcome.failure()) {
        case null -> {
          if (wanted.test(outcome.image())) {
            return Optional.of(outcome.image());
          }
        }
        case UnavailableException e -> {
          failures.add(e);
          if (failures.size() == FAILURES_BORNE) {
            throw e.again();
          }
        }
        case Throwable e -> throw new IllegalStateException("an image could not be read", e);
      }
    }
  }

  /** A search through many pages has no blocking call that would notice an interrupt. */
  private static void goOn() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the search was interrupted");
    }
  }
}
