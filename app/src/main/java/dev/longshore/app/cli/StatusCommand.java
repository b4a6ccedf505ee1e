package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import dev.longshore.catalog.Catalog;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code status}: how much is mirrored, what is short, what waits, who does not answer. */
@Command(
    name = "status",
    description = {
      "Shows images, copies, lag, peers and what is wrong.",
      "Of one image: its size in each mode, and what an edge with the version before still needs."
    })
final class StatusCommand implements Callable<Integer> {
  private static final int LISTED = 10;
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "REF|DIGEST|CID",
      description = "one image; all together if absent")
  private @Nullable String image;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    return image == null ? ofAll(settings) : of(image, settings);
  }

  private int of(String asked, Settings settings) throws CommandException, InterruptedException {
    try (CatalogView view = CatalogView.open(settings)) {
      KnownNames names = new KnownNames(settings.shared().registries());
      Found found = new Lookup(view.catalog(), names, settings.shared().rules()).find(asked);
      if (!found.known()) {
        throw new CommandException(
            asked + " is not known; 'longshore why " + asked + "' says what was looked at");
      }
      NameStatus status =
          NameStatus.of(
              found,
              view.catalog(),
              conversion -> BlockPeers.of(conversion, settings.shared().peers()));
      if (options.json) {
        terminal.json(status.json());
      } else {
        terminal.result(status.lines());
      }
      return found.exitCode().code();
    }
  }

  private int ofAll(Settings settings) throws CommandException, InterruptedException {
    try (PeerLook peers = PeerLook.begin(settings.shared().peers());
        Backlog backlog = Backlog.begin(settings.shared().kafka());
        CatalogView view = CatalogView.open(settings)) {
      Catalog catalog = view.catalog();
      Status status =
          new Status(
              Instant.now(),
              catalog.totals(),
              catalog.totalsByMode(),
              catalog.pins().unfinished(null, LISTED),
              catalog.failures().newest(LISTED),
              peers.answers(),
              backlog.waiting());
      if (options.json) {
        terminal.json(status.json());
      } else {
        terminal.result(status.lines());
      }
      return status.exitCode().code();
    }
  }
}
