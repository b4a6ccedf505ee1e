package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.TagState;
import dev.longshore.model.Reference;
import dev.longshore.rules.Rules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code why}: why an image is not there. */
@Command(
    name = "why",
    description = "Shows why an image is not there: hints, rule, stage, last error, next try.")
final class WhyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  WhyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    KnownNames names = new KnownNames(settings.shared().registries());
    Reference reference = names.reference(image);
    HintSource source = HintSource.of(settings, names, reference);
    String hintKey = source.key();
    try (PeerLook peers = PeerLook.begin(settings.shared().peers());
        Backlog backlog = Backlog.begin(settings.shared().kafka());
        CatalogView view = CatalogView.open(settings)) {
      Found found =
          new Lookup(view.catalog(), names, settings.shared().rules()).byName(image, reference);
      List<HintSearch.Seen> hints = new HintSearch(settings.shared().kafka()).find(hintKey);
      Circumstances around =
          new Circumstances(
              Instant.now(),
              rule(settings, reference),
              source.interval(),
              settings.pinner().repairInterval(),
              peers.answers().stream().filter(peer -> peer.problem() != null).toList(),
              backlog.waiting());
      Why why = new Why(found, hints, troubles(view.catalog(), hintKey, reference, found), around);
      if (options.json) {
        terminal.json(why.json());
      } else {
        terminal.result(why.lines());
      }
      return why.exitCode().code();
    }
  }

  private static String rule(Settings settings, Reference reference) {
    return new Rules(settings.shared().rules())
        .firstMatch(
            reference.name().host().value(), reference.name().repository(), reference.selector())
        .explanation();
  }

  private static List<WorkFailure> troubles(
      Catalog catalog, String hintKey, Reference reference, Found found) {
    List<WorkFailure> all = new ArrayList<>(catalog.failures().of(hintKey));
    String registry = reference.name().host().value();
    String repository = reference.name().repository();
    String digest = found.digest() == null ? "" : found.digest();
    all.addAll(
        catalog
            .failures()
            .of(TagState.key(registry, repository, reference.tag().orElse(null), digest)));
    if (!digest.isEmpty() && reference.tag().isPresent()) {
      all.addAll(catalog.failures().of(TagState.key(registry, repository, null, digest)));
    }
    found
        .conversions()
        .forEach(conversion -> all.addAll(catalog.failures().of(conversion.image().imageDag())));
    return all;
  }
}
