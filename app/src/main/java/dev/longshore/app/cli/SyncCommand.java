package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.KafkaConnection;
import dev.longshore.app.SourceRegistries;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.watcher.HintNotStoredException;
import dev.longshore.watcher.HintSink;
import dev.longshore.watcher.Sync;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sync}: compares registries with what is known, and has the difference mirrored. */
@Command(
    name = "sync",
    description = {
      "Compares registries with what Longshore knows, now, and mirrors what differs.",
      "Prints one line for each difference: new, moved or gone, and the image.",
      "If a repository has more than 16 new tags, the rest follow as the first are mirrored.",
      "Sends up to poll.requests-per-second, besides what running watchers send."
    })
final class SyncCommand implements Callable<Integer> {
  private static final Duration SEND_LIMIT = Duration.ofSeconds(10);
  private final Terminal terminal;
  private final Clock clock = Clock.systemUTC();
  private final ArrayNode differences = JsonNodeFactory.instance.arrayNode();
  private int found;
  private int failed;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "REPO",
      description = "repository, such as localhost:5055/team/app; default: all that are polled")
  private @Nullable String repository;

  @Option(names = "--dry-run", description = "only prints the differences")
  private boolean dryRun;

  SyncCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Settings settings = options.settings();
    SharedSettings shared = settings.shared();
    RepositoryName only = repository == null ? null : only(shared);
    List<RegistrySettings> registries = registries(shared, only);
    try (CatalogView view = CatalogView.open(settings)) {
      if (dryRun) {
        sync(settings, registries, only, view.catalog(), _ -> {});
      } else {
        try (EventSender sender =
            new EventSender(
                KafkaConnection.of(shared.kafka()),
                shared.kafka().topicPrefix(),
                "cli",
                SEND_LIMIT,
                clock)) {
          sync(settings, registries, only, view.catalog(), hint -> send(sender, hint));
          new CommandAudit(shared, clock, terminal::done)
              .tell(
                  sender,
                  "sync",
                  only == null ? null : only.repository(),
                  repository == null ? "all that is polled" : repository,
                  found + " differences");
        }
      }
    }
    if (options.json) {
      terminal.json(differences);
    }
    terminal.done(
        found == 0
            ? "nothing differs"
            : found + " differences" + (dryRun ? "" : " are sent to the watcher"));
    return failed == 0 ? ExitCode.COMPLETE.code() : ExitCode.INCOMPLETE.code();
  }

  private RepositoryName only(SharedSettings shared) throws QueryException {
    return new KnownNames(shared.registries()).reference(String.valueOf(repository)).name();
  }

  private static List<RegistrySettings> registries(
      SharedSettings shared, @Nullable RepositoryName only) throws QueryException {
    if (only != null) {
      return List.of(new KnownNames(shared.registries()).requireRegistry(only.host()));
    }
    List<RegistrySettings> polled =
        shared.registries().stream().filter(registry -> registry.poll() != null).toList();
    if (polled.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no registry is polled, so REPO has to say what to compare (expected: a repository, or"
              + " poll.repositories of a registry)",
          null);
    }
    return polled;
  }

  private void sync(
      Settings settings,
      List<RegistrySettings> registries,
      @Nullable RepositoryName only,
      Catalog catalog,
      HintSink hints)
      throws CommandException, InterruptedException {
    for (RegistrySettings registry : registries) {
      Sync sync =
          new Sync(
              registry,
              only == null ? null : only.repository(),
              SourceRegistries.client(settings.shared().registries()),
              RequestBudget::perSecond,
              catalog,
              new Rules(settings.shared().rules()),
              settings.watcher(),
              hints,
              this::print,
              dryRun,
              clock);
      try {
        sync.run(
            name -> terminal.now("comparing " + name),
            waits -> terminal.now(Logs.redacted(waits.text())),
            this::failed);
      } catch (RegistryException | HintNotStoredException e) {
        throw new CommandException(
            "%s; %d differences were found before".formatted(e.getMessage(), found), e);
      }
    }
  }

  private static void send(EventSender sender, Hint hint)
      throws HintNotStoredException, InterruptedException {
    try {
      sender.send(hint, UUID.randomUUID().toString());
    } catch (NotSentException e) {
      throw new HintNotStoredException(e.getMessage() + "; is 'longshore up' running?", e);
    }
  }

  private void print(Sync.Difference difference) {
    found++;
    String change = difference.change().name().toLowerCase(Locale.ROOT);
    if (options.json) {
      ObjectNode line = differences.addObject();
      line.put("change", change);
      line.put("image", difference.reference().toString());
    } else {
      terminal.result("%-5s %s".formatted(change, difference.reference()));
    }
  }

  private void failed(Sync.Failed repository) {
    failed++;
    terminal.error(
        "%s could not be compared: %s".formatted(repository.repository(), repository.error()));
  }
}
