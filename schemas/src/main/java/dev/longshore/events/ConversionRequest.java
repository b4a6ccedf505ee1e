package dev.longshore.events;

import java.util.List;

/**
 * What one {@code longshore push} asks for; an empty list leaves the choice to the rules.
 *
 * @param modes plain, estargz or encrypted
 * @param platforms os/arch[/variant]
 * @param recipients ocicrypt recipients, public keys only
 */
public record ConversionRequest(
    List<String> modes, List<String> platforms, List<String> recipients) {
  public ConversionRequest {
    modes = List.copyOf(modes);
    platforms = List.copyOf(platforms);
    recipients = List.copyOf(recipients);
  }
}
