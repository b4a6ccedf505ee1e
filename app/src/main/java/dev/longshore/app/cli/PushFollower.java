package dev.longshore.app.cli;

import dev.longshore.app.cli.LiveCopies.Answer;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.Shows;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches the catalog until the result of a push is there, or cannot come. */
final class PushFollower {
  private final Catalog catalog;
  private final PushRequest push;
  private final Terminal terminal;
  private final Instant sent;
  private final LiveCopies live;
  private final Map<CopiesState.Copy, Answer> answers = new HashMap<>();
  private final Set<PinState> withoutCopy = new HashSet<>();
  private final Set<String> told = new LinkedHashSet<>();
  private final List<Recipe> recipes;
  private final LayerProgress layers;
  private final Rules rules;

  /**
   * @param recipes keys of the requested conversions
   * @param sent a time before the request: earlier failures are not its own
   * @param live checks the copies that were recorded before the pinner looked
   */
  PushFollower(
      Catalog catalog,
      PushRequest push,
      List<Recipe> recipes,
      Instant sent,
      LayerProgress layers,
      LiveCopies live,
      Terminal terminal) {
    this.catalog = catalog;
    this.push = push;
    this.recipes = List.copyOf(recipes);
    this.sent = sent;
    this.layers = layers;
    this.rules = new Rules(push.shared().rules());
    this.live = live;
    this.terminal = terminal;
  }

  /**
   * Returns what is known once nothing more will come, or the time is up.
   *
   * @throws CommandException when it failed for good, or nothing is known when the time is up
   */
  Found await(Duration limit) throws CommandException, InterruptedException {
    for (Conversion known : conversions()) {
      // The pinner has verified what is recorded later.
      answers.putAll(live.ask(known.image().imageDag(), recorded(verified(known))));
      known.pin().filter(pin -> pin.verified() == 0).ifPresent(withoutCopy::add);
    }
    Optional<Outcome> outcome = catalog.await(this::look, limit);
    if (outcome.isPresent() && outcome.get().failure() != null) {
      WorkFailure failure = outcome.get().failure();
      throw new CommandException(
          "%s of %s failed (%s): %s"
              .formatted(failure.stage(), failure.key(), failure.reason(), failure.message()));
    }
    List<Conversion> conversions = conversions();
    if (conversions.isEmpty()) {
      throw new CommandException(
          "%s was not converted within %d s; the work goes on, 'longshore why %s' says what it waits for"
              .formatted(push.reference(), limit.toSeconds(), push.reference()));
    }
    List<Conversion> seen = conversions.stream().map(this::asAnswered).toList();
    return new Found(
        push.reference().toString(), null, push.digest(), List.of(names()), seen, shows());
  }

  /** What ended the wait; no failure means that nothing more will come. */
  private record Outcome(@Nullable WorkFailure failure) {}

  private Optional<Outcome> look() {
    layers.look();
    for (WorkFailure trouble : troubles()) {
      tell(trouble.stage() + ": " + trouble.message());
      if (trouble.kind() == WorkFailure.Kind.PERMANENT && !trouble.at().isBefore(sent)) {
        return Optional.of(new Outcome(trouble));
      }
    }
    List<Conversion> conversions = conversions();
    conversions.forEach(this::tell);
    boolean all = conversions.size() == recipes.size();
    return all && conversions.stream().allMatch(this::settled) && !shows().behind()
        ? Optional.of(new Outcome(null))
        : Optional.empty();
  }

  /** Who pulls gets what the pinner recorded of the name. */
  private Shows shows() {
    return Shows.of(catalog, rules, names());
  }

  private List<WorkFailure> troubles() {
    List<WorkFailure> all = new ArrayList<>();
    String repository = push.reference().name().repository();
    all.addAll(catalog.failures().of(push.registry().name() + "/" + repository));
    all.addAll(catalog.failures().of(names()));
    conversions()
        .forEach(c -> all.addAll(catalog.failures().of(PinState.key(c.image().imageDag()))));
    return all;
  }

  private String names() {
    RepositoryName name = push.reference().name();
    return push.reference()
        .tag()
        .map(tag -> TagState.key(name, tag))
        .orElseGet(() -> TagState.key(name, push.digest()));
  }

  private List<Conversion> conversions() {
    List<Conversion> found = new ArrayList<>();
    RepositoryName name = push.reference().name();
    List<ImageState> images = catalog.conversions().forRepository(name, push.digest());
    for (Recipe recipe : recipes) {
      images.stream()
          .filter(image -> image.recipe().equals(recipe))
          .findFirst()
          .map(this::conversion)
          .ifPresent(found::add);
    }
    return found;
  }

  private Conversion conversion(ImageState image) {
    return Conversion.of(image, catalog);
  }

  private static List<PeerCopy> verified(Conversion conversion) {
    return conversion.copies().stream().filter(PeerCopy::isVerified).toList();
  }

  private static List<CopiesState.Copy> recorded(List<PeerCopy> copies) {
    return copies.stream().map(PeerCopy::copy).toList();
  }

  /** The record, corrected by what its peers said: a missing copy does not count. */
  private Conversion asAnswered(Conversion conversion) {
    List<PeerCopy> copies = conversion.copies().stream().map(this::asAnswered).toList();
    int verified = (int) copies.stream().filter(PeerCopy::isVerified).count();
    return new Conversion(
        conversion.image(), conversion.pin().map(pin -> with(verified, pin)), copies);
  }

  private static PinState with(int verified, PinState pin) {
    return new PinState(
        pin.imageDag(),
        pin.wanted(),
        List.of(),
        pin.ingestPeer(),
        pin.ingestReleased(),
        pin.changedAt(),
        pin.min(),
        verified,
        pin.firstVerifiedAt(),
        pin.minVerifiedAt(),
        pin.allVerifiedAt(),
        pin.state(),
        pin.stateSince());
  }

  private PeerCopy asAnswered(PeerCopy copy) {
    return switch (answers.get(copy.copy())) {
      case null -> copy;
      case Answer.There _ -> copy;
      case Answer.Gone(String reason) -> lost(copy, reason + "; the pinner makes it again");
      case Answer.Silent(String reason) -> lost(copy, "unconfirmed: " + reason);
    };
  }

  private static PeerCopy lost(PeerCopy copy, String error) {
    return new PeerCopy(
        new CopiesState.Copy(copy.peer(), CopyPhase.LOST, 0, error, null, null, copy.changedAt()),
        copy.zone(),
        copy.peerId(),
        copy.addresses());
  }

  /** Whether no more copies will come: all are there, or every peer has been tried. */
  private boolean settled(Conversion conversion) {
    long keepers = push.shared().peers().stream().filter(peer -> peer.keep()).count();
    boolean mended = verified(conversion).stream().noneMatch(this::isGone);
    return mended
        && conversion
            .pin()
            // An image without copies is read from its registry again.
            .filter(pin -> !withoutCopy.contains(pin))
            .filter(
                pin ->
                    verified(conversion).size() >= pin.wanted()
                        || (conversion.copies().size() >= keepers
                            && conversion.copies().stream()
                                .noneMatch(c -> c.status() == CopyStatus.PINNING)))
            .isPresent();
  }

  private boolean isGone(PeerCopy copy) {
    return answers.get(copy.copy()) instanceof Answer.Gone;
  }

  private void tell(Conversion conversion) {
    tell(
        "%s: %s, %s"
            .formatted(
                conversion.image().mode(),
                conversion.image().root(),
                Sizes.text(conversion.image().bytes())));
    asAnswered(conversion).copies().stream()
        .filter(copy -> copy.status() != CopyStatus.PINNING)
        .forEach(
            copy ->
                tell(
                    "%s: %s%s"
                        .formatted(
                            copy.peer(),
                            copy.status().name().toLowerCase(Locale.ROOT),
                            copy.error() == null ? "" : ", " + copy.error())));
  }

  private void tell(String what) {
    if (told.add(what)) {
      terminal.now(what);
    }
  }
}
