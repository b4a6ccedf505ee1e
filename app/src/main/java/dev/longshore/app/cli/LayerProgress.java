package dev.longshore.app.cli;

import dev.longshore.app.query.find.Brief;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.RequestedLayers;
import dev.longshore.converter.image.RequestedLayers.Layer;
import dev.longshore.events.BlobState;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports each layer of a push once it is there: its result and speed. The converter publishes slow
 * or large layers at once, small ones with their image.
 */
final class LayerProgress {
  private final Catalog catalog;
  private final List<RequestedLayers> modes;
  private final Consumer<String> out;
  private final Set<String> before = new HashSet<>();
  private final Set<String> told = new HashSet<>();

  /**
   * Notes what is already there and so not the work of this push.
   *
   * @param asked the earliest time at which the converter may know of the push
   * @param out takes one line for each layer and mode
   */
  LayerProgress(Catalog catalog, List<RequestedLayers> modes, Instant asked, Consumer<String> out) {
    this.catalog = catalog;
    this.modes = List.copyOf(modes);
    this.out = out;
    for (RequestedLayers mode : this.modes) {
      for (Layer layer : mode.layers()) {
        state(layer)
            .filter(state -> state.storedAt().isBefore(asked))
            .map(BlobState::key)
            .ifPresent(before::add);
      }
    }
  }

  /** Reports what is to come. */
  void begin() {
    for (RequestedLayers mode : modes) {
      long bytes = mode.layers().stream().mapToLong(Layer::size).sum();
      out.accept(
          "%s: %d layers, %s".formatted(mode.mode(), mode.layers().size(), Sizes.text(bytes)));
    }
  }

  /** Reports what came since the last call. */
  void look() {
    for (RequestedLayers mode : modes) {
      for (int i = 0; i < mode.layers().size(); i++) {
        Layer layer = mode.layers().get(i);
        Optional<BlobState> state = state(layer);
        if (state.isPresent() && told.add(mode.mode() + " " + i)) {
          out.accept(line(mode, i, layer, state.get()));
        }
      }
    }
  }

  private Optional<BlobState> state(Layer layer) {
    return catalog.conversions().blob(layer.digest(), layer.transform());
  }

  private String line(RequestedLayers mode, int index, Layer layer, BlobState state) {
    String place =
        "layer %d/%d %s ".formatted(index + 1, mode.layers().size(), Brief.digest(layer.digest()));
    String size = Sizes.text(layer.size());
    boolean same = layer.transform().equals(BlobState.NONE);
    String became = (same ? size : size + " -> " + Sizes.text(state.size())) + " " + mode.mode();
    return place + became + (before.contains(state.key()) ? ", already there" : rate(layer, state));
  }

  /** By the bytes of the source; empty if the time is unknown. */
  private static String rate(Layer layer, BlobState state) {
    @Nullable Long millis = state.tookMillis();
    return millis == null || millis == 0
        ? ""
        : String.format(Locale.ROOT, ", %s/s", Sizes.text(layer.size() * 1000 / millis));
  }
}
