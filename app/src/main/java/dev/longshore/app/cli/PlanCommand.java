package dev.longshore.app.cli;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.SourceRegistries;
import dev.longshore.app.query.InsideImages;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.ReleasePlan;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.PlannedMoves;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.pinner.MovePlan;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.RegistrySettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plan}: what the services would do, before they do it. */
@Command(name = "plan", description = "Shows what the services would do; changes nothing.")
final class PlanCommand {
  /** For reading manifests from peers. */
  private static final Duration BLOBS_LIMIT = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Clock clock;
  private final Outside outside;

  /** What is known, until it is closed. */
  interface Known extends Queries.Knowledge, AutoCloseable {
    @Override
    Catalog now() throws QueryException, InterruptedException;

    @Override
    void close();
  }

  /** What a plan reads besides its settings. */
  interface Outside {
    Known known(Settings settings);

    ImageSource registries(List<RegistrySettings> registries);

    IpfsNode node(PeerSettings peer);

    /** Lets the time of a registry's pause pass. */
    void pause(Duration time) throws InterruptedException;
  }

  PlanCommand(Terminal terminal, Clock clock) {
    this(terminal, clock, new KafkaAndRegistries());
  }

  PlanCommand(Terminal terminal, Clock clock, Outside outside) {
    this.terminal = terminal;
    this.clock = clock;
    this.outside = outside;
  }

  private static final class KafkaAndRegistries implements Outside {
    /** Never released: a pause only waits, and can be interrupted. */
    private final Semaphore never = new Semaphore(0);

    @Override
    public Known known(Settings settings) {
      return new OwnCatalog(settings);
    }

    @Override
    public ImageSource registries(List<RegistrySettings> registries) {
      return SourceRegistries.client(registries);
    }

    @Override
    public IpfsNode node(PeerSettings peer) {
      return KuboNodes.open(peer);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
      boolean acquired = never.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
      assert !acquired;
    }
  }

  @Command(
      name = "backfill",
      description = {
        "Shows what it would cost to mirror what registries already have.",
        "Reads manifests at the rate that polls may have, and counts bytes, requests, time and"
            + " the space on each peer.",
        "Exit code 3: it does not fit, or not everything could be read."
      })
  int backfill(@Mixin CommonOptions options, @Mixin BackfillPlanning planning)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    try (Known known = outside.known(settings)) {
      return planning.run(
          settings,
          known,
          outside.registries(settings.shared().registries()),
          outside::node,
          outside::pause,
          terminal,
          clock,
          options.json);
    }
  }

  @Command(
      name = "moves",
      description = {
        "Shows which copies would be made on which peers, and which would then be removed.",
        "With --config, shows what another settings file would change.",
        "Exit code 3: some image has too few peers."
      })
  int moves(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    Settings settings = options.settings();
    PlannedMoves planned = new PlannedMoves();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      MovePlan plan =
          new MovePlan(own.now(), PeersAndRules.of(settings.shared()), KuboNodes::open, clock);
      if (options.json) {
        terminal.json(
            out -> {
              out.writeStartObject();
              out.writeArrayFieldStart("moves");
              plan.forEach(move -> planned.tell(move, out));
              out.writeEndArray();
              planned.writeSums(out);
              out.writeEndObject();
            });
      } else {
        plan.forEach(move -> planned.tell(move, terminal::result));
        terminal.result(planned.sums());
      }
    }
    return (planned.isPossible() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
  }

  @Command(
      name = "release",
      description = {
        "Lists the images that no rule keeps, and when they are released.",
        "Shows since when no tag points to each, what kept it last, and what each peer frees:"
            + " blobs that no remaining image has."
      })
  int release(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    Settings settings = options.settings();
    ReleasePlan plan;
    try (OwnCatalog own = new OwnCatalog(settings)) {
      Catalog catalog = own.now();
      plan =
          ReleasePlan.of(
              catalog,
              new Rules(settings.shared().rules()),
              new InsideImages(catalog, settings.shared().peers())::sizes,
              Deadline.after(BLOBS_LIMIT),
              clock.instant());
    }
    if (options.json) {
      terminal.json(plan.json());
    } else {
      terminal.result(plan.lines());
    }
    return ExitCode.COMPLETE.code();
  }
}
