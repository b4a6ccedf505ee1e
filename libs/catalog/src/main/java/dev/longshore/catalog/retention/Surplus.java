package dev.longshore.catalog.retention;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.PullState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseGuard;
import dev.longshore.rules.Rules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which image DAGs are no longer wanted: every repository that leads to them, under any name and in
 * any mode, was checked and no longer wants the digest. What changed since a check is unknown until
 * the next one. Thread-safe.
 */
public final class Surplus {
  private static final int PAGE = 500;

  /** More confirmations than stand at once. */
  private static final int MOST = 10_000;

  private final Catalog catalog;
  private final Rules rules;
  private final Map<RepositoryName, Looked> looks = new HashMap<>();

  /** Repositories being looked at, with what changed meanwhile; null for anything. */
  private final Map<RepositoryName, Set<Digest>> meanwhile = new HashMap<>();

  private final Set<RepositoryName> changedWholly = new HashSet<>();

  /** Whether an image DAG is wanted. */
  public enum Verdict {
    WANTED,
    TO_GO,
    /** Somebody has to look first. */
    UNKNOWN
  }

  /** A look, without what changed since. */
  private static final class Looked {
    private final RepositorySurplus look;
    private final Set<Digest> unsure = new HashSet<>();

    private Looked(RepositorySurplus look) {
      this.look = look;
    }

    private void touch(Collection<Digest> digests) {
      unsure.addAll(digests);
      look.over()
          .forEach(
              (digest, over) -> {
                if (over.follows()) {
                  unsure.add(digest);
                }
              });
    }
  }

  /**
   * Something that a repository lets go.
   *
   * @param pin what is recorded of its copies; none if nothing is
   */
  public record Going(
      RepositoryName repository, Term term, ImageState image, Optional<PinState> pin) {
    /** Where its release stands. */
    public PinPhase phase() {
      return pin.map(PinState::state).orElse(PinPhase.KEPT);
    }

    boolean isHeldBack() {
      return phase() == PinPhase.KEPT || phase() == PinPhase.SURPLUS;
    }
  }

  public Surplus(Catalog catalog, Rules rules) {
    this.catalog = catalog;
    this.rules = rules;
  }

  /** Repositories that may let something go, by name. */
  public List<RepositoryName> repositories() {
    List<RepositoryName> found = new ArrayList<>();
    if (rules.keepAll()) {
      return found;
    }
    @Nullable RepositoryName after = null;
    List<RepositoryName> page;
    do {
      page = catalog.repositories().page(after, PAGE);
      page.stream().filter(name -> rules.keep(name).isPresent()).forEach(found::add);
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
    return found;
  }

  /** Looks at a repository; returns when that has to be done again, if nothing changes before. */
  public Instant look(RepositoryName repository, Instant now) {
    Optional<KeepSettings> keep = rules.keep(repository);
    if (keep.isEmpty()) {
      return Term.UNLIMITED;
    }
    synchronized (this) {
      meanwhile.put(repository, new HashSet<>());
      changedWholly.remove(repository);
    }
    @Nullable RepositorySurplus look = null;
    try {
      look = RepositorySurplus.of(catalog, repository, keep.get(), now);
      return look.next();
    } finally {
      ended(repository, look);
    }
  }

  /**
   * @param look none if it failed
   */
  private synchronized void ended(RepositoryName repository, @Nullable RepositorySurplus look) {
    Set<Digest> changed = meanwhile.remove(repository);
    if (look == null || changed == null || changedWholly.contains(repository)) {
      looks.remove(repository);
    } else {
      Looked looked = new Looked(look);
      if (!changed.isEmpty()) {
        looked.touch(changed);
      }
      looks.put(repository, looked);
    }
  }

  /**
   * Forgets what the record may have changed.
   *
   * @return repositories that are to be looked at again
   */
  public synchronized Collection<RepositoryName> changed(CatalogRecord record) {
    return switch (record.value()) {
      case TagState name -> changed(name);
      case PullState pull -> changed(pull.digest());
      case ImageState image when rules.keep(image.name()).isPresent() -> {
        if (image.children() != null) {
          touch(image.name(), image.children()); // they may have become its
        }
        yield List.of(image.name());
      }
      case null, default ->
          record.topic() == Topic.DECISIONS ? List.copyOf(looks.keySet()) : List.of();
    };
  }

  private Collection<RepositoryName> changed(TagState name) {
    Optional<KeepSettings> keep = rules.keep(name.name());
    if (keep.isEmpty()) {
      return List.of();
    }
    boolean wholly = name.deleted() && keep.get().tags() != null; // others count again
    if (wholly) {
      looks.remove(name.name());
      changedWholly.add(name.name());
    } else {
      List<Digest> touched =
          Stream.concat(
                  Stream.of(name.digest()),
                  Stream.concat(
                      name.previous().stream(),
                      name.versions().stream().map(TagState.Version::digest)))
              .toList();
      touch(name.name(), touched);
    }
    return List.of(name.name());
  }

  private Collection<RepositoryName> changed(Digest digest) {
    List<RepositoryName> with =
        looks.entrySet().stream()
            .filter(entry -> entry.getValue().look.over().containsKey(digest))
            .map(Map.Entry::getKey)
            .toList();
    with.forEach(repository -> touch(repository, List.of(digest)));
    meanwhile.keySet().forEach(repository -> touch(repository, List.of(digest)));
    return with;
  }

  private void touch(RepositoryName repository, Collection<Digest> digests) {
    @Nullable Looked looked = looks.get(repository);
    if (looked != null) {
      looked.touch(digests);
    }
    @Nullable Set<Digest> changed = meanwhile.get(repository);
    if (changed != null) {
      changed.addAll(digests);
    }
  }

  /** Forgets all looks: it is not known what changed. */
  public synchronized void forgetAll() {
    looks.clear();
    changedWholly.addAll(meanwhile.keySet());
  }

  /** Whether any name wants the image DAG. */
  public Verdict verdict(ImageDag dag) {
    List<ImageState> successors = catalog.conversions().inPlaceOf(dag);
    if (successors.isEmpty() && rules.keepAll()) {
      return Verdict.WANTED;
    }
    List<ImageState> images = catalog.conversions().recordsByDag(dag);
    if (images.isEmpty()) {
      return successors.isEmpty() ? Verdict.UNKNOWN : superseded(successors);
    }
    if (rules.keepAll()) {
      return Verdict.WANTED;
    }
    Set<Holder> holders = new HashSet<>();
    images.forEach(image -> holders.add(new Holder(image.name(), image.digest())));
    for (Digest digest : images.stream().map(ImageState::digest).distinct().toList()) {
      for (TagState name : catalog.tags().withDigest(digest)) {
        holders.add(new Holder(name.name(), digest));
        if (isSurelyWanted(name, digest)) {
          return Verdict.WANTED;
        }
      }
    }
    Verdict verdict = Verdict.TO_GO;
    for (Holder holder : holders) {
      Verdict its = verdict(holder);
      if (its == Verdict.WANTED) {
        return Verdict.WANTED;
      }
      verdict = its == Verdict.UNKNOWN ? Verdict.UNKNOWN : verdict;
    }
    return verdict;
  }

  /**
   * Nobody needs it once all that was made in its place has as many copies as it must have, or was
   * let go itself.
   */
  private Verdict superseded(List<ImageState> successors) {
    Verdict verdict = Verdict.TO_GO;
    for (ImageDag dag : successors.stream().map(ImageState::imageDag).distinct().toList()) {
      switch (catalog.pins().of(dag).map(this::without).orElse(Verdict.WANTED)) {
        case WANTED -> {
          return Verdict.WANTED;
        }
        case UNKNOWN -> verdict = Verdict.UNKNOWN;
        case TO_GO -> {}
      }
    }
    return verdict;
  }

  /** What that is in whose place this one was made. */
  private Verdict without(PinState successor) {
    if (isGoing(successor)) {
      return verdict(successor.imageDag());
    }
    int least = successor.min() == null ? successor.wanted() : successor.min();
    return successor.verified() > 0 && successor.verified() >= least
        ? Verdict.TO_GO
        : Verdict.WANTED;
  }

  private static boolean isGoing(PinState pin) {
    return pin.state() == PinPhase.RELEASING || pin.state() == PinPhase.GONE;
  }

  /** Which digests of a repository are wanted now, including those without any data left. */
  public Predicate<Digest> wanted(RepositoryName repository, Instant now) {
    return rules
        .keep(repository)
        .map(keep -> RepositorySurplus.terms(catalog, repository, keep, now))
        .<Predicate<Digest>>map(
            terms -> digest -> terms.containsKey(digest) && terms.get(digest).isWantedAt(now))
        .orElse(_ -> true);
  }

  private record Holder(RepositoryName repository, Digest digest) {}

  private boolean isSurelyWanted(TagState name, Digest digest) {
    return name.tag() != null
        && !name.deleted()
        && name.digest().equals(digest)
        && rules.keep(name.name()).filter(keep -> keep.tags() != null).isEmpty()
        && !RepositoryRetention.isCompanion(name);
  }

  private synchronized Verdict verdict(Holder holder) {
    if (rules.keep(holder.repository()).isEmpty()) {
      return Verdict.WANTED;
    }
    @Nullable Looked looked = looks.get(holder.repository());
    if (looked == null || looked.unsure.contains(holder.digest())) {
      return Verdict.UNKNOWN;
    }
    return looked.look.over().containsKey(holder.digest()) ? Verdict.TO_GO : Verdict.WANTED;
  }

  /** What a repository lets go, and nobody else wants, as far as anything of it is left. */
  public List<Going> going(RepositoryName repository) {
    Map<Digest, Term> over;
    synchronized (this) {
      @Nullable Looked looked = looks.get(repository);
      over = looked == null ? Map.of() : looked.look.over();
    }
    List<Going> going = new ArrayList<>();
    over.forEach(
        (digest, term) -> {
          for (ImageState image : catalog.conversions().ofDigest(digest)) {
            Optional<PinState> pin = catalog.pins().of(image.imageDag());
            Going one = new Going(repository, term, image, pin);
            if (one.phase() != PinPhase.GONE && verdict(image.imageDag()) == Verdict.TO_GO) {
              going.add(one);
            }
          }
        });
    return going;
  }

  /** Whose images wait until an operator confirms it, of those that were looked at. */
  public List<HeldRelease> held(Instant now) {
    List<Counted> all = new ArrayList<>();
    List<RepositoryName> looked;
    synchronized (this) {
      looked = List.copyOf(looks.keySet());
    }
    looked.stream().sorted().map(this::count).forEach(all::add);
    List<HeldRelease> held = new ArrayList<>();
    List<Counted> others = new ArrayList<>();
    for (Counted one : all) {
      if (!rules.isGuarded(one.repository()) || one.count() == 0) {
        continue;
      }
      Optional<ReleaseGuard> guard =
          ReleaseGuard.of(one.repository(), one.count(), one.of(), one.since(now));
      guard.ifPresentOrElse(
          stops -> held.add(new HeldRelease(stops, List.of(one.repository()), isConfirmed(stops))),
          () -> others.add(one));
    }
    Instant since = others.stream().map(one -> one.since(now)).min(Instant::compareTo).orElse(now);
    ReleaseGuard.of(
            null,
            others.stream().mapToLong(Counted::count).sum(),
            all.stream().mapToLong(Counted::of).sum(),
            since)
        .ifPresent(
            stops ->
                held.add(
                    new HeldRelease(
                        stops,
                        others.stream().map(Counted::repository).toList(),
                        isConfirmed(stops))));
    return held;
  }

  /**
   * What a guard stops.
   *
   * @param repositories of the images that wait
   * @param confirmed whether an operator has let it go
   */
  public record HeldRelease(
      ReleaseGuard guard, List<RepositoryName> repositories, boolean confirmed) {}

  private record Counted(RepositoryName repository, long count, long of, Optional<Instant> first) {
    Instant since(Instant now) {
      return first.orElse(now);
    }
  }

  private Counted count(RepositoryName repository) {
    List<Going> going = going(repository).stream().filter(Going::isHeldBack).toList();
    long images;
    synchronized (this) {
      @Nullable Looked looked = looks.get(repository);
      images = looked == null ? 0 : looked.look.images();
    }
    return new Counted(
        repository,
        going.stream().map(one -> one.image().digest()).distinct().count(),
        images,
        going.stream()
            .flatMap(one -> one.pin().stream())
            .filter(pin -> pin.state() == PinPhase.SURPLUS)
            .flatMap(pin -> Stream.ofNullable(pin.stateSince()))
            .min(Instant::compareTo));
  }

  private boolean isConfirmed(ReleaseGuard guard) {
    return catalog.decisions().standing(Confirm.class, null, MOST).stream()
        .flatMap(decision -> Stream.ofNullable(decision.confirm()))
        .anyMatch(
            confirm -> confirm.guard().equals(guard.id()) && confirm.count() >= guard.count());
  }
}
