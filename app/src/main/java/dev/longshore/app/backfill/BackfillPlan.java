package dev.longshore.app.backfill;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.mode.PlannedMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.ImageWalk;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.pinner.SpacePlan;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.watcher.BackfillListing;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a backfill would bring, and where to. Reads each image's manifests once, as the
 * converter would, and no blob.
 */
public final class BackfillPlan {
  /** Names between two words of progress: a minute, at a usual budget. */
  private static final int NAMES = 500;

  /** Repositories between two: most have few names. */
  private static final int REPOSITORIES = 20;

  private final Catalog catalog;
  private final Rules rules;
  private final ByteSize maxImageSize;
  private final Consumer<String> progress;
  private final KnownSizes sizes;
  private final BackfillCount count = new BackfillCount();
  private final PlannedBlobs blobs;
  private final BlobTable images = new BlobTable(1);
  private final Map<RuleSettings, Integer> ruleNumbers = new HashMap<>();
  private int repositories;

  /**
   * @param maxImageSize for images whose rule sets no limit
   * @param progress hears how far it is
   */
  public BackfillPlan(
      Catalog catalog,
      Rules rules,
      SpacePlan space,
      ByteSize maxImageSize,
      Consumer<String> progress) {
    this.catalog = catalog;
    this.rules = rules;
    this.maxImageSize = maxImageSize;
    this.progress = progress;
    this.sizes = KnownSizes.of(catalog);
    this.blobs = new PlannedBlobs(catalog, space, sizes, count);
  }

  /** Makes the listing of a registry. */
  @FunctionalInterface
  public interface Listing {
    /** A listing with this before the registry. */
    BackfillListing with(UnaryOperator<ImageSource> memory);
  }

  /** Adds what is in a registry, as far as its answers are not remembered. */
  public void add(String host, PollSettings polled, Listing of, PlanMemory memory)
      throws InterruptedException {
    RegistryWork work = new RegistryWork(host, polled);
    count.registries.add(work);
    List<RememberedAnswers> remembered = new ArrayList<>();
    BackfillListing listing =
        of.with(
            source -> {
              remembered.add(new RememberedAnswers(source, memory));
              return remembered.getLast();
            });
    listing.run(new Visit(listing, work));
    work.ofPlan = listing.sent();
    work.quota = listing.quota();
    work.polls = listing.ofPolls();
    for (RememberedAnswers answers : remembered) {
      work.polls += answers.ofPolls();
      work.remembered += answers.all();
    }
  }

  /** Whether all was seen: nothing is to be asked again. */
  public boolean isWhole() {
    return count.unseen == 0;
  }

  /**
   * Asks each peer that would lack room which of the blobs that were read before it has. The others
   * have room however that is.
   */
  public void askPeersThatLackRoom() throws InterruptedException {
    blobs.askPeersThatLackRoom(progress);
  }

  /** What was counted, for the answer. */
  public PlannedBackfill counted() {
    return new PlannedBackfill(count, sizes);
  }

  /** The manifests of an image, or why there are none. */
  private record Read(
      RepositoryName from,
      @Nullable ImagePlan found,
      @Nullable PermanentFailure forGood,
      @Nullable TransientFailure passing) {
    /** Whether another repository can count with it: what failed may be this one's fault. */
    boolean holdsFor(RepositoryName name) {
      return found != null || from.equals(name);
    }

    ImagePlan plan() throws PermanentFailure, TransientFailure {
      if (forGood != null) {
        throw forGood;
      }
      if (passing != null) {
        throw passing;
      }
      return Objects.requireNonNull(found);
    }
  }

  private final class Visit implements BackfillListing.Visitor {
    private final BackfillListing listing;
    private final RegistryWork work;
    private final Map<Digest, Boolean> inRepository = new HashMap<>();

    /** The repositories of images that come next, whose manifests are asked for. */
    private final Map<Long, RepositoryName> asked = new HashMap<>();

    private final Map<Long, Read> read = new ConcurrentHashMap<>();
    private @Nullable RepositoryName repository;
    private RuleSettings rule = Rules.DEFAULT;

    Visit(BackfillListing listing, RegistryWork work) {
      this.listing = listing;
      this.work = work;
    }

    @Override
    public void repository(RepositoryName name) {
      inRepository.clear();
      asked
          .entrySet()
          .removeIf(its -> Objects.equals(its.getValue(), repository) && forget(its.getKey()));
      repository = name;
      repositories++;
      rule = rules.settings(name);
      if (repositories % REPOSITORIES == 1) {
        tell(name);
      }
    }

    private boolean forget(long image) {
      read.remove(image);
      return true;
    }

    private void tell(RepositoryName name) {
      progress.accept(
          "%s: %d names looked at, %d to mirror".formatted(name, count.listed, count.images));
    }

    @Override
    public void unwanted(String repository) {
      count.unwanted++;
    }

    @Override
    public void passedOver(String what, String reason, String why) {
      count.passOver(what, reason, why);
    }

    @Override
    public void unseen(String what, String why) {
      count.unseen(what, why);
    }

    @Override
    public List<Callable<Void>> coming(RepositoryName name, List<Descriptor> found) {
      List<Callable<Void>> requests = new ArrayList<>();
      RuleSettings its = rules.settings(name);
      for (Descriptor top : found) {
        Set<Mode> lacking = lacking(name, top.digest(), its);
        long image = counted(top.digest(), lacking, its);
        // One that a repository before this one brings is counted when the turn is this one's.
        if (isToBeRead(name, top.digest(), lacking, image)
            && asked.putIfAbsent(image, name) == null) {
          requests.add(
              () -> {
                read.put(image, tryToRead(name, top, its));
                return null;
              });
        }
      }
      return requests;
    }

    private boolean isToBeRead(RepositoryName name, Digest digest, Set<Mode> lacking, long image) {
      return !lacking.isEmpty()
          && !(Objects.equals(name, repository) && inRepository.containsKey(digest))
          && !catalog.decisions().isForgotten(digest)
          && images.number(images.place(image)) == 0;
    }

    private Read tryToRead(RepositoryName name, Descriptor top, RuleSettings its)
        throws InterruptedException {
      try {
        return new Read(name, read(name, top, its), null, null);
      } catch (PermanentFailure e) {
        return new Read(name, null, e, null);
      } catch (TransientFailure e) {
        return new Read(name, null, null, e);
      }
    }

    @Override
    public void image(RepositoryName name, @Nullable Tag tag, Descriptor top)
        throws RegistryException, InterruptedException {
      if (++count.listed % NAMES == 0) {
        tell(name);
      }
      Set<Mode> lacking = lacking(name, top.digest(), rule);
      if (lacking.isEmpty()) {
        count.mirrored++;
        return;
      }
      if (catalog.decisions().isForgotten(top.digest())) {
        count.forgotten++;
        return;
      }
      Boolean before = inRepository.get(top.digest());
      boolean comes = before == null ? comes(name, tag, top, lacking) : before;
      inRepository.put(top.digest(), comes);
      if (comes) {
        count.images++;
        count.referrers += tag == null ? 1 : 0;
        work.looks++;
        work.images += before == null ? 1 : 0;
      }
    }

    /** Modes of the rule in which this repository has nothing of it here. */
    private Set<Mode> lacking(RepositoryName name, Digest digest, RuleSettings its) {
      Set<Mode> lacking = EnumSet.noneOf(Mode.class);
      lacking.addAll(its.modes());
      for (ImageState made : catalog.conversions().forRepository(name, digest)) {
        made.mode().mode().ifPresent(lacking::remove);
      }
      return lacking;
    }

    /** Whether the image will be mirrored; then it is counted. */
    private boolean comes(RepositoryName name, @Nullable Tag tag, Descriptor top, Set<Mode> lacking)
        throws RegistryException, InterruptedException {
      long key = counted(top.digest(), lacking, rule);
      asked.remove(key);
      Read before = read.remove(key);
      long counted = images.number(images.place(key));
      if (counted != 0) {
        // The same manifests for another repository: it is only asked whether it serves the blobs.
        work.manifests += (counted >>> Integer.SIZE) * lacking.size();
        work.questions += (counted & Integer.MAX_VALUE) * lacking.size();
        return true;
      }
      String what = name + (tag == null ? "@" + top.digest() : ":" + tag);
      try {
        ImagePlan plan =
            before != null && before.holdsFor(name) ? before.plan() : read(name, top, rule);
        Map<Mode, PlannedMode> planned = planned(plan, lacking);
        planned.forEach((mode, made) -> blobs.count(mode, made, rule, work, repositories));
        if (images.set(images.place(BlobTable.key(plan.digest(), 0)), 0)) {
          count.digests++;
          count.unsharedBytes += plan.bytes(Set.of()) - plan.manifestBytes();
        }
        blobs.countShared(plan);
        images.number(
            images.place(key),
            (long) plan.manifests().size() << Integer.SIZE | plan.blobs().size());
        return true;
      } catch (PermanentFailure e) {
        count.passOver(what, e.reason(), String.valueOf(e.getMessage()));
        return false;
      } catch (TransientFailure e) {
        if (e.getCause() instanceof RegistryException cause) {
          throw cause;
        }
        count.unseen(what, String.valueOf(e.getMessage()));
        return false;
      }
    }

    private long counted(Digest digest, Set<Mode> lacking, RuleSettings its) {
      int number = ruleNumbers.computeIfAbsent(its, _ -> ruleNumbers.size() + 1);
      int form = List.of(number, lacking.stream().map(Mode::text).toList()).hashCode() | 1;
      return BlobTable.key(digest, form);
    }

    private ImagePlan read(RepositoryName name, Descriptor top, RuleSettings its)
        throws TransientFailure, PermanentFailure, InterruptedException {
      Progress none =
          _ -> {
            throw new IllegalStateException("reading manifests publishes nothing");
          };
      List<Platform> platforms = its.platforms().stream().map(Platform::parse).toList();
      ImagePlan plan =
          ImageWalk.plan(SourceRepository.of(listing.source(), name, none), top, platforms);
      ByteSize limit = its.maxSize() == null ? maxImageSize : its.maxSize();
      long bytes = plan.bytes(Set.of());
      if (bytes < 0 || bytes > limit.bytes()) {
        throw Reason.IMAGE_TOO_BIG.failure(
            "%d bytes (expected: at most %d; raise max-size of its rule or converter.max-image-size)"
                .formatted(bytes, limit.bytes()));
      }
      return plan;
    }

    /** Of several modes, those that make sense for the image. */
    private Map<Mode, PlannedMode> planned(ImagePlan plan, Set<Mode> lacking)
        throws PermanentFailure {
      Map<Mode, PlannedMode> planned = new HashMap<>();
      for (Mode mode : lacking) {
        try {
          planned.put(mode, PlannedMode.of(plan, mode));
        } catch (PermanentFailure e) {
          if (rule.modes().size() == 1) {
            throw e;
          }
        }
      }
      return planned;
    }
  }
}
