package dev.longshore.app.query.find;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything known about what the user named.
 *
 * @param asked what was typed
 * @param tag the name's state, if a name was typed
 * @param digest its source digest, if known
 * @param names names that have, or had, the digest
 * @param shows what the name shows, if a name was typed
 */
public record Found(
    String asked,
    @Nullable TagState tag,
    @Nullable Digest digest,
    List<String> names,
    List<Conversion> conversions,
    Shows shows) {
  public Found {
    names = List.copyOf(names);
    conversions = List.copyOf(conversions);
  }

  /** What is no name. */
  public Found(
      String asked,
      @Nullable TagState tag,
      @Nullable Digest digest,
      List<String> names,
      List<Conversion> conversions) {
    this(asked, tag, digest, names, conversions, Shows.NOTHING);
  }

  /** One conversion with its copies. */
  public record Conversion(ImageState image, Optional<PinState> pin, List<PeerCopy> copies) {
    public Conversion {
      copies = List.copyOf(copies);
    }

    /** What the catalog knows of the image. */
    public static Conversion of(ImageState image, Catalog catalog) {
      Optional<PinnedDag> known = catalog.copies().pinned(image.imageDag());
      return new Conversion(
          image, known.map(PinnedDag::pin), known.map(PinnedDag::copies).orElse(List.of()));
    }

    public int verified() {
      return pin.map(PinState::verified).orElse(0);
    }

    /** Whether it is whole and every wanted copy is verified. */
    public boolean complete() {
      return image.missing().isEmpty() && pin.filter(p -> p.verified() >= p.wanted()).isPresent();
    }

    /** {@code 2 of 3}, and since when it is to go, if it is. */
    public String copiesText() {
      return pin.map(p -> p.verified() + " of " + p.wanted() + going(p)).orElse("0 so far");
    }

    private static String going(PinState pin) {
      PinPhase phase = pin.state();
      return phase == null || phase == PinPhase.KEPT
          ? ""
          : ", %s since %s"
              .formatted(
                  phase.name().toLowerCase(Locale.ROOT),
                  TimeText.text(Objects.requireNonNullElse(pin.stateSince(), pin.changedAt())));
    }

    /** Whether its copies are to go, go or are gone. */
    public boolean isLetGo() {
      return pin.map(PinState::state)
          .filter(phase -> phase != PinPhase.KEPT && phase != PinPhase.UNKNOWN)
          .isPresent();
    }
  }

  public boolean known() {
    return tag != null || !names.isEmpty() || !conversions.isEmpty();
  }

  public ExitCode exitCode() {
    if (conversions.isEmpty()) {
      return known() ? ExitCode.INCOMPLETE : ExitCode.ERROR;
    }
    return conversions.stream().allMatch(Conversion::complete)
        ? ExitCode.COMPLETE
        : ExitCode.INCOMPLETE;
  }
}
