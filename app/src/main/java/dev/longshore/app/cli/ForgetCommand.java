package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.decision.ForgetView;
import dev.longshore.app.decision.Forgetting;
import dev.longshore.app.decision.Forgetting.Undoing;
import dev.longshore.app.decision.UndoView;
import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.InsideImages;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.SharedLayers;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.PeerName;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forget}: an image is refused everywhere, and goes. */
@Command(
    name = "forget",
    description = {
      "Removes an image from all peers, and refuses it everywhere from now on.",
      "This holds for all repositories and modes, and for its signatures and SBOMs. Exit code 3:"
          + " some copies are not gone yet."
    })
final class ForgetCommand implements Callable<Integer> {
  /** For looking into other images. */
  private static final Duration LAYERS_LIMIT = Duration.ofSeconds(10);

  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      paramLabel = "REF|DIGEST|CID",
      description = "image; a tag stands for the digest that it points to now")
  private String image = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "why; shown to operators who ask later")
  private @Nullable String reason;

  @Option(
      names = "--undo",
      description = "cancels it: the image is converted again under its names")
  private boolean undo;

  @Option(
      names = "--dry-run",
      description =
          "only shows what would go and what would stay; with --undo, what would come back")
  private boolean dryRun;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait; the work continues afterwards; default: ${DEFAULT-VALUE}")
  private int timeout = 600;

  ForgetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Settings settings = options.settings();
    String why = why();
    KnownNames names = new KnownNames(settings.shared().registries());
    try (CatalogView view = CatalogView.open(settings)) {
      Catalog catalog = view.catalog();
      InsideImages inside = new InsideImages(catalog, settings.shared().peers());
      CatalogLookup lookup = new CatalogLookup(catalog, names, settings.shared().rules());
      ForgetScope scope = ForgetScope.of(catalog, lookup, names, inside, image);
      if (scope.top().isEmpty()) {
        throw new CommandException(names.notKnown(image));
      }
      if (dryRun && !undo) {
        SharedLayers shared = SharedLayers.of(catalog, scope, inside, Deadline.after(LAYERS_LIMIT));
        show(
            new ForgetView(
                image, scope, Remains.of(catalog, scope.sources()), Optional.of(shared)));
        return ExitCode.COMPLETE.code();
      }
      return change(settings, catalog, scope, why).code();
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
  }

  private String why() throws CommandException {
    return dryRun && reason == null ? "" : ReasonOption.checked(reason);
  }

  private ExitCode change(Settings settings, Catalog catalog, ForgetScope scope, String why)
      throws QueryException, InterruptedException {
    Clock clock = Clock.systemUTC();
    OwnDecisions decisions = new OwnDecisions(settings, terminal, clock);
    Forgetting forgetting =
        new Forgetting(
            catalog,
            decisions.writer()::write,
            new ResolverCheck(new OwnResolver(settings.resolver()))::ask,
            clock);
    if (dryRun) {
      show(new UndoView(image, forgetting.undoing(image, scope), false));
      return ExitCode.COMPLETE;
    }
    if (undo) {
      show(new UndoView(image, takeBack(decisions, forgetting, scope, why), true));
      terminal.done("'longshore why NAME' says how far its conversion is");
      return ExitCode.COMPLETE;
    }
    try {
      decide(decisions, forgetting, scope, why);
    } catch (KafkaException e) {
      CommandException failed = KafkaReach.failed(settings.shared().kafka(), e);
      throw new CommandException(
          failed.getMessage() + "; try again with '" + ForgetView.again(image, scope) + "'",
          failed);
    }
    return follow(
        forgetting,
        scope,
        settings.shared().peers().stream()
            .map(peer -> new PeerName(peer.name()))
            .collect(Collectors.toSet()));
  }

  private Undoing takeBack(
      OwnDecisions decisions, Forgetting forgetting, ForgetScope scope, String why)
      throws QueryException, InterruptedException {
    String outcome = "failed";
    try {
      Undoing undoing = forgetting.undoing(image, scope);
      forgetting.undo(undoing, OwnDecisions.by(), why);
      outcome = "undone";
      return undoing;
    } finally {
      decisions.remember("forget", image, outcome);
    }
  }

  private void decide(OwnDecisions decisions, Forgetting forgetting, ForgetScope scope, String why)
      throws QueryException, InterruptedException {
    String outcome = "failed";
    try {
      boolean written = forgetting.decide(image, scope, OwnDecisions.by(), why);
      outcome = written ? "decided" : "decided before";
      terminal.done(written ? "decided" : "it was decided before");
    } finally {
      decisions.remember("forget", image, outcome);
    }
  }

  private ExitCode follow(Forgetting forgetting, ForgetScope scope, Set<PeerName> peers)
      throws InterruptedException {
    Forgetting.Pending pending =
        forgetting.await(scope, peers::contains, Duration.ofSeconds(timeout), terminal::now);
    show(new ForgetView(image, scope, pending.remains(), Optional.empty()));
    pending.notes().forEach(terminal::done);
    if (!pending.isOver()) {
      terminal.error(
          "%s is not gone yet: %s; look again with '%s'"
              .formatted(image, pending.words(), ForgetView.again(image, scope)));
    }
    return pending.exitCode();
  }

  private void show(ForgetView view) {
    show(view.lines(), view.json());
  }

  private void show(UndoView view) {
    show(view.lines(), view.json());
  }

  private void show(List<String> lines, ObjectNode json) {
    if (options.json) {
      terminal.json(json);
    } else {
      terminal.result(lines);
    }
  }
}
