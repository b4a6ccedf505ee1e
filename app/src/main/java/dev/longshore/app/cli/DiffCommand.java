package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import dev.longshore.app.cli.ModePairs.Pair;
import dev.longshore.ipfs.Deadline;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diff}: what an edge that has one image still needs of another. */
@Command(
    name = "diff",
    description = {
      "Shows shared and new blocks of two images in a mode.",
      "Peers are asked for inner nodes and manifests alone, not for layers."
    })
final class DiffCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(index = "0", paramLabel = "A", description = "what the edge has: name, digest or CID")
  private String has = "";

  @Parameters(index = "1", paramLabel = "B", description = "what it wants: name, digest or CID")
  private String wants = "";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "every mode that both have if absent")
  private @Nullable String mode;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long counting may take, for each mode (default ${DEFAULT-VALUE})")
  private int timeout = 60;

  DiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    try (CatalogView view = CatalogView.open(settings)) {
      Lookup lookup =
          new Lookup(
              view.catalog(),
              new KnownNames(settings.shared().registries()),
              settings.shared().rules());
      Found from = converted(lookup, has);
      Found to = converted(lookup, wants);
      List<Pair> pairs = ModePairs.of(from.conversions(), to.conversions(), mode);
      if (pairs.isEmpty()) {
        throw new CommandException(
            "%s and %s have no mode in common%s: %s, and %s"
                .formatted(
                    has, wants, mode == null ? "" : " that is " + mode, modes(from), modes(to)));
      }
      List<PeerSettings> peers = settings.shared().peers();
      List<ImageDiff> diffs = new ArrayList<>();
      for (Pair pair : pairs) {
        diffs.add(
            ImageDiff.of(
                pair.has(),
                pair.wants(),
                conversion -> BlockPeers.of(conversion, peers),
                Deadline.after(Duration.ofSeconds(timeout))));
      }
      if (options.json) {
        terminal.json(DiffView.json(has, wants, diffs));
      } else {
        diffs.forEach(diff -> terminal.result(DiffView.lines(diff)));
      }
      return ExitCode.COMPLETE.code();
    }
  }

  private static Found converted(Lookup lookup, String asked) throws CommandException {
    Found found = lookup.find(asked);
    if (found.conversions().isEmpty()) {
      throw new CommandException(
          "%s is not %s; 'longshore why %s' says more"
              .formatted(asked, found.known() ? "converted so far" : "known", asked));
    }
    return found;
  }

  private static String modes(Found found) {
    return found.conversions().stream()
        .map(conversion -> conversion.image().mode())
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
