package dev.longshore.app.cli;

import dev.longshore.app.backfill.BackfillPlan;
import dev.longshore.app.backfill.PlanMemory;
import dev.longshore.app.backfill.PlannedBackfill;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.pinner.SpacePlan;
import dev.longshore.rules.GlobPattern;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Durations;
import dev.longshore.watcher.BackfillListing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code plan backfill} is asked, and how it finds the answer. */
final class BackfillPlanning {
  private static final String MEMORY = "plan-backfill";
  private static final Pattern QUOTA = Pattern.compile("([1-9][0-9]{0,8})/(.+)");

  @Parameters(
      arity = "0..1",
      paramLabel = "WHAT",
      description = {
        "a registry's host, a repository, or a pattern such as localhost:5055/team/**; default:"
            + " everything that is polled"
      })
  private @Nullable String what;

  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      description = "bytes a second from registries, such as 100MB; default: as measured so far")
  private @Nullable String rate;

  @Option(
      names = "--quota",
      paramLabel = "N/TIME",
      description = {
        "how many manifests a registry gives in which time, such as 200/6h; default: what the"
            + " registry says, as Docker Hub does"
      })
  private @Nullable String quota;

  /** Where to look. */
  private record Place(RegistrySettings registry, @Nullable String pattern) {}

  /** What was asked, read before anything is done. */
  private record Asked(List<Place> places, @Nullable ByteSize rate, @Nullable Quota quota) {}

  private record Quota(long manifests, Duration time) {}

  /**
   * Plans it.
   *
   * @param nodes opens the node of a peer
   * @param pauses lets the time of a registry's pause pass
   */
  int run(
      Settings settings,
      PlanCommand.Known known,
      ImageSource images,
      Function<PeerSettings, IpfsNode> nodes,
      RequestBudget.Wait pauses,
      Terminal terminal,
      Clock clock,
      boolean asJson)
      throws QueryException, InterruptedException {
    Asked asked = new Asked(places(settings), rate(), quota());
    Rules rules = new Rules(settings.shared().rules());
    Catalog catalog = known.now();
    BackfillPlan plan =
        new BackfillPlan(
            catalog,
            rules,
            new SpacePlan(
                catalog,
                PeersAndRules.of(settings.shared()),
                nodes,
                ingest(settings).orElse(null),
                settings.pinner().collectBelow(),
                clock),
            settings.converter().maxImageSize(),
            terminal::now);
    try (PlanMemory memory = memory(settings, terminal, clock)) {
      for (Place place : asked.places()) {
        RegistrySettings registry = place.registry();
        PollSettings polled = polled(registry);
        plan.add(
            registry.host(),
            polled,
            remembered ->
                new BackfillListing(
                    registry,
                    place.pattern(),
                    images,
                    RequestBudget.perSecond(polled.requestsPerSecond()),
                    time -> {
                      terminal.now(
                          "%s wants no requests for %d s; the plan waits"
                              .formatted(registry.host(), time.toSeconds() + 1));
                      pauses.of(time);
                    },
                    remembered,
                    catalog,
                    rules,
                    settings.watcher(),
                    clock),
            memory);
      }
      if (plan.isWhole()) {
        memory.over();
      }
    }
    plan.askPeersThatLackRoom();
    return print(plan.counted(), asked, terminal, asJson);
  }

  /** Of the settings, only those may differ which change no answer and no question. */
  private static PlanMemory memory(Settings settings, Terminal terminal, Clock clock) {
    Path file = settings.shared().home().resolve("cli").resolve(MEMORY);
    String madeWith =
        settings.shared().registries() + "\n" + settings.shared().rules() + settings.watcher();
    PlanMemory memory = PlanMemory.open(file, madeWith, clock, terminal::now);
    if (memory.size() > 0) {
      terminal.done(
          "goes on with a plan that was broken off: %d answers of registries are known; remove %s"
                  .formatted(memory.size(), file)
              + " to begin anew");
    }
    return memory;
  }

  private static int print(PlannedBackfill plan, Asked asked, Terminal terminal, boolean asJson) {
    if (asked.rate() != null) {
      plan.at(asked.rate().bytes());
    }
    if (asked.quota() != null) {
      plan.within(asked.quota().manifests(), asked.quota().time());
    }
    if (asJson) {
      terminal.json(plan.json());
    } else {
      terminal.result(plan.lines());
    }
    return (plan.fits() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
  }

  /** None where each image goes to another: what is there already cannot be told beforehand. */
  static Optional<PeerName> ingest(Settings settings) {
    List<String> several = settings.converter().ingestPeers();
    if (!several.isEmpty()) {
      return several.size() == 1 ? Optional.of(new PeerName(several.getFirst())) : Optional.empty();
    }
    return Optional.ofNullable(settings.converter().ingestPeer())
        .or(() -> settings.shared().peers().stream().findFirst().map(PeerSettings::name))
        .map(PeerName::new);
  }

  private static PollSettings polled(RegistrySettings registry) {
    PollSettings polled = registry.poll();
    return polled == null ? new PollSettings(Duration.ofMinutes(5), List.of()) : polled;
  }

  private List<Place> places(Settings settings) throws QueryException {
    List<RegistrySettings> registries = settings.shared().registries();
    String text = what;
    if (text == null) {
      List<Place> polled =
          registries.stream()
              .filter(registry -> registry.poll() != null)
              .map(registry -> new Place(registry, null))
              .toList();
      if (polled.isEmpty()) {
        throw usage(
            "no registry is polled, so WHAT has to say what to plan (expected: HOST/REPOSITORY,"
                + " or poll.repositories of a registry)");
      }
      return polled;
    }
    int slash = text.indexOf('/');
    try {
      RegistryHost host = new RegistryHost(slash < 0 ? text : text.substring(0, slash));
      RegistrySettings registry = new KnownNames(registries).requireRegistry(host);
      String pattern = slash < 0 ? null : text.substring(slash + 1);
      if (pattern == null && registry.poll() == null) {
        throw usage(
            "WHAT: registry %s is not polled (expected: %s/REPOSITORY, or its poll.repositories)"
                .formatted(text, text));
      }
      if (pattern != null) {
        GlobPattern.parse(pattern);
      }
      return List.of(new Place(registry, pattern));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "WHAT: " + e.getMessage(), e);
    }
  }

  private @Nullable ByteSize rate() throws CommandException {
    String text = rate;
    if (text == null) {
      return null;
    }
    try {
      ByteSize size = ByteSize.parse(text);
      if (size.bytes() > 0) {
        return size;
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--rate: " + e.getMessage(), e);
    }
    throw usage("--rate: " + text + " (expected: more than 0, such as 100MB)");
  }

  private @Nullable Quota quota() throws CommandException {
    String text = quota;
    if (text == null) {
      return null;
    }
    Matcher form = QUOTA.matcher(text);
    if (form.matches()) {
      try {
        Duration time = Durations.parse(form.group(2));
        if (time.isPositive()) {
          return new Quota(Long.parseLong(form.group(1)), time);
        }
      } catch (IllegalArgumentException e) {
        throw new CommandException(ExitCode.USAGE, "--quota: " + e.getMessage(), e);
      }
    }
    throw usage("--quota: " + text + " (expected: such as 200/6h)");
  }

  private static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message, null);
  }
}
