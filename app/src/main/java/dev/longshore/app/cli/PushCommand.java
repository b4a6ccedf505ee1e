package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.query.ForgottenBy;
import dev.longshore.app.query.FoundView;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.RequestedLayers;
import dev.longshore.converter.mode.RecipeKeys;
import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.Recipe;
import dev.longshore.model.Reference;
import dev.longshore.rules.Rule;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.RegistrySettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code push}: mirrors one image now, and waits until it is there. */
@Command(
    name = "push",
    description = {
      "Mirrors one image now and waits for its copies.",
      "Progress goes to stderr, the root CID of each mode to stdout."
    })
final class PushCommand implements Callable<Integer> {
  private static final Duration SEND_LIMIT = Duration.ofSeconds(10);
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  @Option(
      names = "--mode",
      split = ",",
      paramLabel = "MODE",
      description = "plain, estargz, zstdchunked, encrypted; default: as in the rules")
  private List<String> modes = new ArrayList<>();

  @Option(
      names = "--platform",
      split = ",",
      paramLabel = "OS/ARCH",
      description = "platforms to keep, such as linux/arm64; default: as in the rules")
  private List<String> platforms = new ArrayList<>();

  @Option(
      names = "--recipient",
      paramLabel = "RECIPIENT",
      description = "who can decrypt: jwe:public.pem, pkcs7:certificate.pem, pgp:./key.asc")
  private List<String> recipients = new ArrayList<>();

  @Option(
      names = "--layer",
      split = ",",
      paramLabel = "NUMBER",
      description = "layers to encrypt; 0 is the lowest, -1 the top; default: all")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--prefetch",
      paramLabel = "FILE",
      description =
          "list of the files, one per line, that a container needs first when it starts lazily")
  private @Nullable Path prefetch;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait; the work continues afterwards; default: ${DEFAULT-VALUE}")
  private int timeout = 600;

  PushCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    Settings settings = options.settings();
    KnownNames names = new KnownNames(settings.shared().registries());
    Reference reference = names.reference(image);
    RegistrySettings registry = names.requireRegistry(reference.name().host());
    requireTaken(settings, reference);
    requireEncryptedForRecipients(settings, reference);
    ConversionRequest request = request();
    List<Recipe> recipes = recipes(settings, reference, request);
    terminal.now("looking up " + reference);
    PushedImage pushed = PushedImage.at(settings, reference);
    Digest digest = pushed.digest();
    try (CatalogView view = CatalogView.open(settings)) {
      requireNotForgotten(view.catalog(), digest);
      PushRequest push = new PushRequest(settings.shared(), registry, reference, digest, request);
      List<RequestedLayers> parts = pushed.layers(settings, request);
      Found found = ask(settings, view.catalog(), push, recipes, parts);
      if (nobodyHas(found)) {
        terminal.done("no peer has it any more: Longshore reads it from its registry again");
        found = ask(settings, view.catalog(), push, recipes, parts);
      }
      warnOfWhatIsReadable(found);
      if (options.json) {
        terminal.json(FoundView.json(found));
      } else {
        terminal.result(
            found.conversions().stream().map(c -> c.image().root().toString()).toList());
      }
      if (found.exitCode() == ExitCode.INCOMPLETE) {
        terminal.error(
            "%s is not complete: %s; 'longshore why %s' says more"
                .formatted(
                    image,
                    String.join(", ", found.conversions().stream().map(this::state).toList()),
                    image));
      }
      if (found.shows().behind()) {
        terminal.error(
            "%s does not show it yet: the pinner has not recorded it; is it running?"
                .formatted(image));
        return ExitCode.INCOMPLETE.code();
      }
      return found.exitCode().code();
    }
  }

  /** Sends the request and waits for its result. */
  private Found ask(
      Settings settings,
      Catalog catalog,
      PushRequest push,
      List<Recipe> recipes,
      List<RequestedLayers> parts)
      throws CommandException, InterruptedException {
    Instant sent = Instant.now();
    Clock clock = Clock.systemUTC();
    push.send(
        KafkaConnection.of(settings.shared().kafka()),
        SEND_LIMIT,
        clock,
        new CommandAudit(settings.shared(), clock, terminal::done));
    terminal.now("asked for " + push.reference() + ", which is " + push.digest());
    LayerProgress layers = new LayerProgress(catalog, parts, sent, terminal::done);
    layers.begin();
    LiveCopies live = new LiveCopies(settings.shared().peers(), settings.pinner().verifyTimeout());
    return new PushFollower(catalog, push, recipes, sent, layers, live, terminal)
        .await(Duration.ofSeconds(timeout));
  }

  /** Whether all recorded copies turned out to be gone. */
  private static boolean nobodyHas(Found found) {
    return found.conversions().stream()
        .anyMatch(c -> c.verified() == 0 && c.pin().filter(PinState::ingestReleased).isPresent());
  }

  private ConversionRequest request() throws CommandException {
    try {
      List<String> keys = RecipientKeys.inline(recipients);
      return new ConversionRequest(
          modes.stream().map(ModeName::new).toList(),
          platforms,
          keys,
          layers,
          PrefetchFile.read(prefetch));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** It would never arrive. */
  private void requireNotForgotten(Catalog catalog, Digest digest) throws CommandException {
    Optional<DecisionState> decision = catalog.decisions().forgotten(digest);
    if (decision.isPresent()) {
      throw new CommandException(
          "%s, which is %s, was %s; 'longshore forget %s --undo --reason TEXT' takes it back"
              .formatted(image, digest, ForgottenBy.words(decision.get()), image));
    }
  }

  /** A tag that its rule leaves out would never arrive. */
  private static void requireTaken(Settings settings, Reference reference) throws CommandException {
    Rule rule = rule(settings, reference);
    if (!rule.settings().takes(reference.selector())) {
      throw new CommandException(ExitCode.USAGE, rule.explanation(), null);
    }
  }

  private static Rule rule(Settings settings, Reference reference) {
    return new Rules(settings.shared().rules()).firstMatch(reference.name(), reference.selector());
  }

  /** Checks the request first, to report at once what the converter would refuse. */
  private static List<Recipe> recipes(
      Settings settings, Reference reference, ConversionRequest request) throws CommandException {
    try {
      return RecipeKeys.of(
          settings.shared().rules(), reference.name(), reference.selector(), request);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private void requireEncryptedForRecipients(Settings settings, Reference reference)
      throws CommandException {
    List<String> wanted =
        modes.isEmpty()
            ? rule(settings, reference).settings().modes().stream().map(Mode::text).toList()
            : modes;
    if (!recipients.isEmpty() && !wanted.contains(Mode.ENCRYPTED.text())) {
      throw new CommandException(
          ExitCode.USAGE,
          "--recipient: nothing is encrypted in mode %s (expected: with --mode encrypted)"
              .formatted(String.join(",", wanted)),
          null);
    }
  }

  private void warnOfWhatIsReadable(Found found) {
    if (found.conversions().stream().anyMatch(c -> c.image().mode().is(Mode.ENCRYPTED))) {
      terminal.error(ReadableParts.warning(image));
    }
  }

  private String state(Found.Conversion conversion) {
    return conversion.image().missing().isEmpty()
        ? conversion.copiesText() + " copies"
        : conversion.image().missing().size() + " layers that the registry does not serve";
  }
}
