package dev.longshore.catalog;

import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import java.time.Instant;

/**
 * An image in a list of those that a repository holds.
 *
 * @param imageDag CID of its DAG
 * @param mode its mode
 * @param convertedAt when its conversion was recorded
 */
public record HeldImage(ImageDag imageDag, ModeName mode, Instant convertedAt) {}
