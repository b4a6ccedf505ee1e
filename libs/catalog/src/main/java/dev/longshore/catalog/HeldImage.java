package dev.longshore.catalog;

import java.time.Instant;

/**
 * An image in a list of those that a repository holds.
 *
 * @param imageDag CID of its DAG
 * @param mode its mode
 * @param convertedAt when its conversion was recorded
 */
public record HeldImage(String imageDag, String mode, Instant convertedAt) {}
