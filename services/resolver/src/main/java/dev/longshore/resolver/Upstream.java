package dev.longshore.resolver;

import dev.longshore.resolver.content.MissingBlocks;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.registry.PullObserver;

/**
 * What a resolver is served by whose node has no peers.
 *
 * @param names has images brought that are asked for
 * @param blocks where their blocks come from meanwhile
 * @param pulls hears of what is pulled
 */
public record Upstream(OnDemand names, MissingBlocks blocks, PullObserver pulls) {}
