package dev.longshore.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Image DAGs that have fewer verified copies than they are to have.
 *
 * @param belowWanted all of them
 * @param belowMin of these, those with fewer than the least number
 * @param without of these, those that have none
 * @param oldestSince since when the first of them is short, or later; none if there is none
 */
public record ShortOfCopies(
    long belowWanted, long belowMin, long without, @Nullable Instant oldestSince) {}
