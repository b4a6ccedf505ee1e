package dev.longshore.oci.source;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How many requests a registry takes in a time, as it says itself. Docker Hub counts manifests.
 *
 * @param left how many of them were left when it said so
 */
public record RequestQuota(long requests, Duration time, OptionalLong left) {}
