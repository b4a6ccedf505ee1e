package dev.longshore.resolver;

import dev.longshore.resolver.content.MissingBlocks;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.registry.PullObserver;

/**
 * The source of content for a resolver whose node has no peers.
 *
 * @param names fetches requested images
 * @param blocks source of their blocks meanwhile
 * @param pulls hears of pulls
 */
public record Upstream(OnDemand names, MissingBlocks blocks, PullObserver pulls) {}
