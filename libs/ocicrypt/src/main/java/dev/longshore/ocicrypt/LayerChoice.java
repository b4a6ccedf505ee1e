package dev.longshore.ocicrypt;

import dev.longshore.model.Platform;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which layers of an image are encrypted.
 *
 * @param layers indexes from 0, or from -1 for the last one; empty for all
 * @param platforms of images whose layers are encrypted, in normal form; empty for all
 */
public record LayerChoice(SortedSet<Integer> layers, SortedSet<String> platforms) {
  public static final LayerChoice ALL = new LayerChoice(new TreeSet<>(), new TreeSet<>());

  /** Most layers of an image; the overlay filesystem cannot mount more than 500. */
  private static final int MOST = 1000;

  public LayerChoice {
    layers = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    platforms = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(platforms));
  }

  /** As {@code nerdctl image encrypt --layer 0 --layer -1 --platform linux/amd64} takes them. */
  public static LayerChoice of(List<Integer> layers, List<Platform> platforms)
      throws OcicryptException {
    for (int layer : layers) {
      if (layer >= MOST || layer < -MOST) {
        throw new OcicryptException(
            OcicryptException.Kind.BAD_CHOICE, "layer " + layer + ": no image has so many");
      }
    }
    return new LayerChoice(
        new TreeSet<>(layers),
        platforms.stream()
            .map(platform -> platform.normalized().toString())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Whether layers of an image for this platform are chosen. */
  public boolean includes(Platform platform) {
    return platforms.isEmpty()
        || platforms.stream().map(Platform::parse).anyMatch(platform::matches);
  }

  /**
   * The chosen ones of an image with this number of layers, counted from 0.
   *
   * @throws OcicryptException if it has no layer with a chosen index: otherwise a layer could stay
   *     readable unnoticed
   */
  public SortedSet<Integer> of(int total) throws OcicryptException {
    if (layers.isEmpty()) {
      return IntStream.range(0, total).boxed().collect(Collectors.toCollection(TreeSet::new));
    }
    SortedSet<Integer> chosen = new TreeSet<>();
    for (int layer : layers) {
      int index = layer < 0 ? layer + total : layer;
      if (index < 0 || index >= total) {
        throw new OcicryptException(
            OcicryptException.Kind.BAD_CHOICE,
            "layer %d: the image has %d layers, counted from 0 or from -1 backwards"
                .formatted(layer, total));
      }
      chosen.add(index);
    }
    return chosen;
  }

  /** The choice's part of a recipe's key. */
  public String canonical() {
    return "layers=%s;platforms=%s"
        .formatted(
            layers.stream().map(String::valueOf).collect(Collectors.joining(",")),
            String.join(",", platforms));
  }
}
