package dev.longshore.app.backfill;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.mode.PlannedMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.ImageWalk;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.pinner.SpacePlan;
import dev.longshore.pinner.SpacePlan.Chosen;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.watcher.BackfillListing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
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

  /** Blobs that a peer is asked for together. */
  private static final int BLOBS = 500;

  /** Repositories between two: most have few names. */
  private static final int REPOSITORIES = 20;

  /** Bits of each form of a blob; those of the peers follow. */
  private static final int SEEN = 32;

  private static final int STORED = 33;
  private static final int KNOWN = 34;
  private static final int PEERS = 64;

  /** The lower half of a form's first word is the number of the repository that it is read from. */
  private static final long REPOSITORY = 0xFFFF_FFFFL;

  private final Catalog catalog;
  private final Rules rules;
  private final SpacePlan space;
  private final ByteSize maxImageSize;
  private final Consumer<String> progress;
  private final KnownSizes sizes;
  private final boolean nothingKnown;
  private final BackfillCount count = new BackfillCount();
  private final BlobTable forms;
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
    this.space = space;
    this.maxImageSize = maxImageSize;
    this.progress = progress;
    this.sizes = KnownSizes.of(catalog);
    this.nothingKnown = catalog.conversions().blobs(null, 1).isEmpty();
    space.spaces().forEach(its -> count.needs.add(new BackfillCount.Need(its)));
    this.forms = new BlobTable(1 + Math.ceilDiv(count.needs.size(), Long.SIZE));
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
    for (int peer = 0; peer < count.needs.size(); peer++) {
      BackfillCount.Need need = count.needs.get(peer);
      if (need.lacks() > 0 && need.known > 0) {
        progress.accept(
            "%s would lack room: asking it what of it is there".formatted(need.space.peer()));
        ask(peer, need);
      }
    }
  }

  private void ask(int peer, BackfillCount.Need need) throws InterruptedException {
    List<BlobState> page = catalog.conversions().blobs(null, BLOBS);
    while (!page.isEmpty()) {
      Map<Cid, Long> files = new HashMap<>();
      page.stream()
          .filter(blob -> blob.transform().equals(BlobState.NONE) && isPlanned(blob, peer))
          .forEach(blob -> files.put(blob.cid(), blob.size()));
      Optional<Set<Cid>> held = space.held(peer, files.keySet());
      if (held.isEmpty()) {
        return; // it is as it was: all of it may be there, or none
      }
      held.get().forEach(file -> need.here += files.getOrDefault(file, 0L));
      page = catalog.conversions().blobs(page.getLast().key(), BLOBS);
    }
  }

  private boolean isPlanned(BlobState blob, int peer) {
    OptionalInt place = forms.known(BlobTable.key(blob.digest(), 0));
    return place.isPresent()
        && forms.isSet(place.getAsInt(), KNOWN)
        && forms.isSet(place.getAsInt(), PEERS + peer);
  }

  /** What was counted, for the answer. */
  public PlannedBackfill counted() {
    return new PlannedBackfill(count, sizes);
  }

  /** The manifests of an image, or why there are none. */
  private record Read(
      @Nullable ImagePlan found,
      @Nullable PermanentFailure forGood,
      @Nullable TransientFailure passing) {
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

    /** Of the images that come next. */
    private final Map<Digest, Read> read = new ConcurrentHashMap<>();

    private RuleSettings rule = Rules.DEFAULT;
    private int ruleNumber;

    Visit(BackfillListing listing, RegistryWork work) {
      this.listing = listing;
      this.work = work;
    }

    @Override
    public void repository(RepositoryName name) {
      inRepository.clear();
      repositories++;
      rule = rules.settings(name);
      ruleNumber = ruleNumbers.computeIfAbsent(rule, _ -> ruleNumbers.size() + 1);
      if (repositories % REPOSITORIES == 1) {
        tell(name);
      }
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
      read.clear();
      List<Callable<Void>> requests = new ArrayList<>();
      Set<Digest> asked = new HashSet<>();
      for (Descriptor top : found) {
        if (isToBeRead(name, top.digest()) && asked.add(top.digest())) {
          requests.add(
              () -> {
                read.put(top.digest(), tryToRead(name, top));
                return null;
              });
        }
      }
      return requests;
    }

    private boolean isToBeRead(RepositoryName name, Digest digest) {
      Set<Mode> lacking = lacking(name, digest);
      return !lacking.isEmpty()
          && !inRepository.containsKey(digest)
          && !catalog.decisions().isForgotten(digest)
          && images.number(images.place(counted(digest, lacking))) == 0;
    }

    private Read tryToRead(RepositoryName name, Descriptor top) throws InterruptedException {
      try {
        return new Read(read(name, top), null, null);
      } catch (PermanentFailure e) {
        return new Read(null, e, null);
      } catch (TransientFailure e) {
        return new Read(null, null, e);
      }
    }

    @Override
    public void image(RepositoryName name, @Nullable Tag tag, Descriptor top)
        throws RegistryException, InterruptedException {
      if (++count.listed % NAMES == 0) {
        tell(name);
      }
      Set<Mode> lacking = lacking(name, top.digest());
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
    private Set<Mode> lacking(RepositoryName name, Digest digest) {
      Set<Mode> lacking = EnumSet.noneOf(Mode.class);
      lacking.addAll(rule.modes());
      for (ImageState made : catalog.conversions().forRepository(name, digest)) {
        made.mode().mode().ifPresent(lacking::remove);
      }
      return lacking;
    }

    /** Whether the image will be mirrored; then it is counted. */
    private boolean comes(RepositoryName name, @Nullable Tag tag, Descriptor top, Set<Mode> lacking)
        throws RegistryException, InterruptedException {
      long key = counted(top.digest(), lacking);
      long counted = images.number(images.place(key));
      if (counted != 0) {
        // The same manifests for another repository: it is only asked whether it serves the blobs.
        work.manifests += (counted >>> Integer.SIZE) * lacking.size();
        work.questions += (counted & Integer.MAX_VALUE) * lacking.size();
        return true;
      }
      String what = name + (tag == null ? "@" + top.digest() : ":" + tag);
      try {
        Read before = read.remove(top.digest());
        ImagePlan plan = before == null ? read(name, top) : before.plan();
        Map<Mode, PlannedMode> planned = planned(plan, lacking);
        planned.forEach((mode, made) -> count(mode, made));
        countShared(plan);
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

    private long counted(Digest digest, Set<Mode> lacking) {
      int asked = List.of(ruleNumber, lacking.stream().map(Mode::text).toList()).hashCode() | 1;
      return BlobTable.key(digest, asked);
    }

    private ImagePlan read(RepositoryName name, Descriptor top)
        throws TransientFailure, PermanentFailure, InterruptedException {
      Progress none =
          _ -> {
            throw new IllegalStateException("reading manifests publishes nothing");
          };
      List<Platform> platforms = rule.platforms().stream().map(Platform::parse).toList();
      ImagePlan plan =
          ImageWalk.plan(SourceRepository.of(listing.source(), name, none), top, platforms);
      ByteSize limit = rule.maxSize() == null ? maxImageSize : rule.maxSize();
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

    private void countShared(ImagePlan plan) {
      if (images.set(images.place(BlobTable.key(plan.digest(), 0)), 0)) {
        count.digests++;
        count.unsharedBytes += plan.bytes(Set.of()) - plan.manifestBytes();
      }
      for (Descriptor blob : plan.blobs().values()) {
        if (forms.set(forms.place(BlobTable.key(blob.digest(), 0)), SEEN)) {
          count.blobs++;
          count.blobBytes += blob.size();
        }
      }
    }

    private void count(Mode mode, PlannedMode made) {
      Digest digest = made.kept().digest();
      boolean elsewhere =
          catalog.conversions().ofDigest(digest).stream().anyMatch(i -> i.mode().is(mode));
      work.manifests += made.kept().manifests().size();
      if (elsewhere) {
        // Its copies are there; this repository is asked whether it serves the blobs.
        work.questions += made.kept().blobs().size();
        return;
      }
      Chosen chosen = space.choose(standIn(digest, mode), rule);
      BackfillCount.Stored ofMode = stored(count.modes, mode);
      ofMode.images++;
      ofMode.copies += rule.copies();
      BackfillCount.Stored ofRule = stored(count.rules, rule.match());
      ofRule.images++;
      ofRule.copies += rule.copies();
      count.tooFewPeers += chosen.missing() > 0 ? 1 : 0;
      chosen.peers().forEach(peer -> count.needs.get(peer).copies++);
      int form = form(mode);
      for (Map.Entry<Digest, Manifest> manifest : made.kept().manifests().entrySet()) {
        long bytes = manifest.getValue().raw().size();
        store(forms.place(BlobTable.key(manifest.getKey(), form)), bytes, chosen, ofMode, ofRule);
      }
      for (Descriptor blob : made.kept().blobs().values()) {
        boolean changed = made.changed().contains(blob.digest());
        int place = forms.place(BlobTable.key(blob.digest(), changed ? form : 0));
        long bytes = changed ? (long) (blob.size() * sizes.factor(mode)) : blob.size();
        line(place, blob, changed);
        store(place, bytes, chosen, ofMode, ofRule);
      }
    }

    /** What of it crosses the line from the registry. */
    private void line(int place, Descriptor blob, boolean changed) {
      long from = forms.number(place) & REPOSITORY;
      if (from == repositories) {
        return;
      }
      if (from != 0) {
        work.questions++;
        return;
      }
      forms.number(place, forms.number(place) | repositories);
      if (!changed && isKnown(blob.digest())) {
        boolean isNew = forms.set(place, KNOWN);
        assert isNew;
        count.knownBlobs++;
        count.knownBytes += blob.size();
        work.questions++;
      } else {
        work.blobs++;
        work.bytes += blob.size();
      }
    }

    private void store(
        int place,
        long bytes,
        Chosen chosen,
        BackfillCount.Stored ofMode,
        BackfillCount.Stored ofRule) {
      if (forms.set(place, STORED)) {
        ofMode.bytes += bytes;
        ofRule.bytes += bytes;
      }
      for (int peer : chosen.peers()) {
        if (forms.set(place, PEERS + peer)) {
          BackfillCount.Need need = count.needs.get(peer);
          need.bytes += bytes;
          need.known += forms.isSet(place, KNOWN) ? bytes : 0;
        }
      }
    }

    /** Rules with other keys or other pieces make other layers of the same mode. */
    private int form(Mode mode) {
      return mode == Mode.PLAIN
          ? 1
          : List.of(
                      mode.text(),
                      rule.recipients(),
                      rule.layers(),
                      rule.prefetch(),
                      String.valueOf(rule.chunkSize()),
                      String.valueOf(rule.minChunkSize()))
                  .hashCode()
              | 2;
    }
  }

  private boolean isKnown(Digest blob) {
    return !nothingKnown && catalog.conversions().blob(blob, BlobState.NONE).isPresent();
  }

  private static <K> BackfillCount.Stored stored(Map<K, BackfillCount.Stored> all, K key) {
    return all.computeIfAbsent(key, _ -> new BackfillCount.Stored());
  }

  private static Cid standIn(Digest image, Mode mode) {
    Digest drawn = Digest.of((mode.text() + " " + image).getBytes(StandardCharsets.UTF_8));
    return Cid.dagPb(HexFormat.of().parseHex(drawn.hex()));
  }
}
