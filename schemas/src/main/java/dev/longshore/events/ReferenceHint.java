package dev.longshore.events;

import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Body of a hint by a poll or by {@code longshore push}.
 *
 * @param repository repository below the hint's source registry
 * @param tag the tag to look up, if the hint names one
 * @param digest the digest seen or requested, if known
 * @param request the user's request, which overrides the rules
 */
public record ReferenceHint(
    String repository,
    @Nullable Tag tag,
    @Nullable Digest digest,
    @Nullable ConversionRequest request) {}
