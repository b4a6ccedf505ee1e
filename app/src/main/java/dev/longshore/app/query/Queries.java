package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Asked;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.KafkaClients;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.query.lag.Lag;
import dev.longshore.app.query.lag.ShortImage;
import dev.longshore.app.query.lag.SiteWhy;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.PollState;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Reference;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.rules.Rules;
import dev.longshore.watcher.Deliveries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The questions about one image and about all, for every caller. */
public final class Queries {
  /** Entries of a list that {@code status} shows. */
  private static final int LISTED = 10;

  private final Settings settings;
  private final KnownNames names;
  private final Knowledge knowledge;
  private final Staleness staleness;
  private final @Nullable Deliveries deliveries;
  private final KnownSites.Source sites;

  /** The state to answer from. */
  @FunctionalInterface
  public interface Knowledge {
    /** The catalog, once it shows everything that Kafka holds now. */
    Catalog now() throws QueryException, InterruptedException;
  }

  /** Of settings as they are in their file. */
  public Queries(Settings settings, Knowledge knowledge) {
    this(settings, knowledge, KnownSites.Source.NONE);
  }

  /** Of settings as they are in their file, which may be a hub's. */
  public Queries(Settings settings, Knowledge knowledge, KnownSites.Source sites) {
    this(settings, knowledge, Staleness.NONE, null, sites);
  }

  /**
   * In a process of services.
   *
   * @param staleness in what the settings are older than their file
   * @param deliveries what came to its watcher; null without one
   * @param sites what its hub knows
   */
  public Queries(
      Settings settings,
      Knowledge knowledge,
      Staleness staleness,
      @Nullable Deliveries deliveries,
      KnownSites.Source sites) {
    this.sites = sites;
    this.staleness = staleness;
    this.deliveries = deliveries;
    this.settings = settings;
    this.names = new KnownNames(settings.shared().registries());
    this.knowledge = knowledge;
  }

  /** Fails if the text is no name, digest or CID. */
  public void requireReadable(String image) throws QueryException {
    if (Asked.of(image) instanceof Asked.ByName(String name)) {
      var _ = names.reference(name);
    }
  }

  /** Fails if no image of that name can be mirrored. */
  public void requireMirrored(String image) throws QueryException {
    var _ = HintSource.of(settings, names, names.reference(image));
  }

  /**
   * What is known about an image.
   *
   * @param image name, digest or CID
   */
  public Answer resolve(String image) throws QueryException, InterruptedException {
    Found found = lookup(knowledge.now()).find(image);
    return found.known()
        ? new Answer(found.exitCode(), FoundView.lines(found), FoundView.json(found))
        : new Answer(found.exitCode(), List.of(), FoundView.json(found), names.notKnown(image));
  }

  /** How much is mirrored, what is short of copies, what waits, and which peers do not answer. */
  public Answer status() throws QueryException, InterruptedException {
    try (KeptKafka kafka = new KeptKafka();
        Outside.Look look = Outside.begin(settings, kafka)) {
      Catalog catalog = knowledge.now();
      Status status =
          new Status(
              Instant.now(),
              catalog.totals(),
              catalog.totalsByMode(),
              catalog.pins().countGoing(PinPhase.SURPLUS),
              catalog.pins().countGoing(PinPhase.RELEASING),
              catalog.pins().shortOfCopies(LISTED).stream()
                  .map(pin -> ShortImage.of(pin, catalog))
                  .toList(),
              catalog.failures().newest(LISTED),
              look.found(catalog, staleness, notUnderstood()),
              sitesIfKnown());
      return new Answer(status.exitCode(), status.lines(), status.json());
    }
  }

  /**
   * What waits, and who does not answer: of the status, what is not summed up of all images.
   *
   * @param kafka what is asked of it
   */
  public ObjectNode outside(KeptKafka kafka) throws QueryException, InterruptedException {
    try (Outside.Look look = Outside.begin(settings, kafka)) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      look.found(knowledge.now(), staleness, notUnderstood()).put(answer);
      return answer;
    }
  }

  private List<Deliveries.Seen> notUnderstood() {
    return deliveries == null ? List.of() : deliveries.notUnderstood();
  }

  /**
   * How far sites are behind, and which images are short of copies.
   *
   * @param site the only site in question; all if null
   */
  public Answer lag(@Nullable String site) throws QueryException, InterruptedException {
    Catalog catalog = knowledge.now();
    Optional<List<SiteLag>> all = sites.now().map(KnownSites::behind);
    if (site != null) {
      Optional<SiteLag> one = all.flatMap(some -> named(some, site));
      if (one.isEmpty()) {
        return noSite(site, all.isPresent());
      }
      all = one.map(List::of);
    }
    Lag lag = Lag.of(Instant.now(), catalog, all, LISTED);
    return new Answer(lag.exitCode(), lag.lines(), lag.json());
  }

  private static Optional<SiteLag> named(List<SiteLag> all, String site) {
    return all.stream().filter(lag -> lag.site().text().equals(site)).findFirst();
  }

  private static Answer noSite(String site, boolean isHub) {
    String what =
        isHub
            ? "there is none (expected: one that 'longshore site list' shows)"
            : "sites are not known here: ask with the settings of a hub (section sites)";
    return new Answer(ExitCode.ERROR, List.of(), null, "site %s: %s".formatted(site, what));
  }

  /**
   * What is the matter with an image at a site.
   *
   * @param image a name
   */
  public Answer why(String image, String site) throws QueryException, InterruptedException {
    Reference reference = names.reference(image);
    var _ = knowledge.now();
    Optional<KnownSites> known = sites.now();
    Optional<SiteLag> lag = known.flatMap(its -> named(its.behind(), site));
    if (known.isEmpty() || lag.isEmpty()) {
      return noSite(site, known.isPresent());
    }
    SiteWhy why =
        new SiteWhy(
            Instant.now(),
            image,
            lag.get(),
            known.get().image(lag.get(), reference.name(), reference.tag().orElse(null)));
    return new Answer(why.exitCode(), why.lines(), why.json());
  }

  private List<SiteLag> sitesIfKnown() throws InterruptedException {
    try {
      return sites.now().map(KnownSites::behind).orElse(List.of());
    } catch (QueryException e) {
      // All else is answered; 'longshore lag' says why.
      return List.of();
    }
  }

  /** How far the backfill of each polled registry is. */
  public Answer backfills() throws QueryException, InterruptedException {
    List<Backfills.Progress> all;
    try (KeptKafka kafka = new KeptKafka();
        KafkaLook<List<PollState>> polls =
            KafkaLook.begin(
                "how far polls are", settings.shared().kafka(), kafka, KafkaClients::polls)) {
      Catalog catalog = knowledge.now();
      all = Backfills.of(settings.shared(), polls.found(), catalog, Instant.now());
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("registries");
    all.forEach(progress -> progress.put(list.addObject()));
    List<String> lines =
        all.isEmpty()
            ? List.of("no registry is polled")
            : all.stream().flatMap(progress -> progress.lines().stream()).toList();
    return new Answer(ExitCode.COMPLETE, lines, answer);
  }

  /** The last notifications that came to this process. */
  public Answer deliveries() {
    if (deliveries == null) {
      return new Answer(ExitCode.ERROR, List.of(), null, "no watcher runs in this process");
    }
    return new Answer(
        ExitCode.COMPLETE,
        Received.problems(deliveries.notUnderstood()),
        Received.json(deliveries));
  }

  /** One image in each of its modes. */
  public Answer status(String image) throws QueryException, InterruptedException {
    Catalog catalog = knowledge.now();
    Found found = lookup(catalog).find(image);
    if (!found.known()) {
      return new Answer(ExitCode.ERROR, List.of(), null, names.notKnown(image));
    }
    NameStatus status = NameStatus.of(found, catalog, this::blocks);
    return new Answer(found.exitCode(), status.lines(), status.json());
  }

  /** An image's stage, and what holds it up. */
  public Answer why(String image) throws QueryException, InterruptedException {
    Reference reference = names.reference(image);
    HintSource source = HintSource.of(settings, names, reference);
    try (HintSearch search = HintSearch.begin(settings.shared().kafka(), source.key());
        PollTroubles polls =
            PollTroubles.begin(
                settings.shared(),
                Set.of(reference.name().host().toString(), reference.name().toString()))) {
      Catalog catalog = knowledge.now();
      Found found = lookup(catalog).byName(image, reference);
      Optional<DecisionState> forgotten =
          Optional.ofNullable(found.digest()).flatMap(catalog.decisions()::forgotten);
      List<HintSearch.Seen> hints = search.found();
      Circumstances around =
          Circumstances.of(
              Why.stage(found, hints, forgotten), settings, rule(reference), source, polls.found());
      Why why =
          new Why(
              found,
              hints,
              troubles(catalog, source.key(), reference, found),
              around,
              forgotten,
              debounced(catalog, reference, found));
      return new Answer(why.exitCode(), why.lines(), why.json());
    }
  }

  /** The versions of a name, and how each was learned. */
  public Answer history(String image) throws QueryException, InterruptedException {
    Reference reference = names.reference(image);
    String key =
        reference
            .digest()
            .map(digest -> TagState.key(reference.name(), digest))
            .orElseGet(() -> TagState.key(reference.name(), reference.tag().orElseThrow()));
    Optional<TagState> name = knowledge.now().tags().byKey(key);
    if (name.isPresent()) {
      History history = History.of(image, name.get());
      return new Answer(ExitCode.COMPLETE, history.lines(), history.json());
    }
    return new Answer(ExitCode.ERROR, List.of(), null, noHistory(image, reference));
  }

  private String noHistory(String image, Reference reference) {
    if (!names.isMirrored(reference)) {
      return "%s has no history: registry %s is not configured; add it under registries"
          .formatted(image, reference.name().host());
    }
    boolean mirrored =
        new Rules(settings.shared().rules())
            .firstMatch(reference.name(), reference.selector())
            .settings()
            .takes(reference.selector());
    return mirrored ? names.notKnown(image) : image + " has no history: " + rule(reference);
  }

  /**
   * What an edge with one image still needs for another.
   *
   * @param mode the only mode wanted; every mode that both have if null
   * @param each how long counting may take for a mode
   */
  public Answer diff(String has, String wants, @Nullable String mode, Duration each)
      throws QueryException, InterruptedException {
    CatalogLookup lookup = lookup(knowledge.now());
    Found from = converted(lookup, has);
    Found to = converted(lookup, wants);
    List<ModePairs.Pair> pairs = ModePairs.of(from.conversions(), to.conversions(), mode);
    if (pairs.isEmpty()) {
      throw new QueryException(
          "%s and %s have no mode in common%s: %s, and %s"
              .formatted(
                  has, wants, mode == null ? "" : " that is " + mode, modes(from), modes(to)));
    }
    List<ImageDiff> diffs = new ArrayList<>();
    for (ModePairs.Pair pair : pairs) {
      diffs.add(ImageDiff.of(pair.has(), pair.wants(), this::blocks, Deadline.after(each)));
    }
    List<String> lines = diffs.stream().flatMap(diff -> DiffView.lines(diff).stream()).toList();
    return new Answer(ExitCode.COMPLETE, lines, DiffView.json(has, wants, diffs));
  }

  /** Why work does not go on, the newest first. */
  public Answer failures(int most) throws QueryException, InterruptedException {
    Instant now = Instant.now();
    List<WorkFailure> newest = knowledge.now().failures().newest(most);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("failures");
    newest.forEach(failure -> list.add(TroubleView.json(failure, now)));
    return new Answer(
        ExitCode.COMPLETE,
        newest.stream().map(failure -> TroubleView.line(failure, now)).toList(),
        answer);
  }

  /** The layers of an image, and which of them the version before has too. */
  public Answer layers(String image) throws QueryException, InterruptedException {
    Catalog catalog = knowledge.now();
    ImageLayers layers = ImageLayers.of(lookup(catalog).find(image), catalog, this::blocks);
    return new Answer(ExitCode.COMPLETE, layers.lines(), layers.json());
  }

  /** Names that a text may mean. */
  public Answer search(String text, int most) throws QueryException, InterruptedException {
    Catalog catalog = knowledge.now();
    Search search = Search.of(text, catalog, lookup(catalog), most);
    return new Answer(ExitCode.COMPLETE, search.names(), search.json());
  }

  private static Found converted(CatalogLookup lookup, String asked) throws QueryException {
    Found found = lookup.find(asked);
    if (found.conversions().isEmpty()) {
      throw new QueryException(
          "%s is not %s; 'longshore why %s' says more"
              .formatted(asked, found.known() ? "converted so far" : "known", asked));
    }
    return found;
  }

  private static String modes(Found found) {
    return found.conversions().stream()
        .map(conversion -> conversion.image().mode().text())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private BlockPeers blocks(Found.Conversion conversion) throws QueryException {
    return BlockPeers.of(conversion, settings.shared().peers());
  }

  private CatalogLookup lookup(Catalog catalog) {
    return new CatalogLookup(catalog, names, settings.shared().rules());
  }

  private String rule(Reference reference) {
    return new Rules(settings.shared().rules())
        .firstMatch(reference.name(), reference.selector())
        .explanation();
  }

  private Debounced debounced(Catalog catalog, Reference reference, Found found) {
    return Debounced.of(
        found.tag(),
        new Rules(settings.shared().rules())
            .firstMatch(reference.name(), reference.selector())
            .settings()
            .debounce(),
        digest -> !catalog.conversions().forRepository(reference.name(), digest).isEmpty());
  }

  private static List<WorkFailure> troubles(
      Catalog catalog, String hintKey, Reference reference, Found found) {
    List<WorkFailure> all = new ArrayList<>(catalog.failures().of(hintKey));
    reference
        .tag()
        .ifPresent(tag -> all.addAll(catalog.failures().of(TagState.key(reference.name(), tag))));
    if (found.digest() != null) {
      all.addAll(catalog.failures().of(TagState.key(reference.name(), found.digest())));
    }
    found
        .conversions()
        .forEach(
            conversion ->
                all.addAll(catalog.failures().of(PinState.key(conversion.image().imageDag()))));
    return all;
  }
}
