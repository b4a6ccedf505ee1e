package dev.longshore.events;

import dev.longshore.model.ModeName;
import java.util.List;

/**
 * The request of one {@code longshore push}; an empty list leaves the choice to the rules.
 *
 * @param modes plain, estargz, zstdchunked or encrypted
 * @param platforms os/arch[/variant]
 * @param recipients ocicrypt recipients, public keys only
 * @param layers which layers to encrypt, by number; negative ones count from the top
 * @param prefetch files that a lazy start needs first
 */
public record ConversionRequest(
    List<ModeName> modes,
    List<String> platforms,
    List<String> recipients,
    List<String> layers,
    List<String> prefetch) {
  public ConversionRequest {
    modes = List.copyOf(modes);
    platforms = List.copyOf(platforms);
    recipients = List.copyOf(recipients);
    layers = List.copyOf(layers);
    prefetch = List.copyOf(prefetch);
  }

  public ConversionRequest(List<ModeName> modes, List<String> platforms, List<String> recipients) {
    this(modes, platforms, recipients, List.of(), List.of());
  }
}
