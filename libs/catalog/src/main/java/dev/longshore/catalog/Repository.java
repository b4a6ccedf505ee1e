package dev.longshore.catalog;

/**
 * A repository that the catalog has names of.
 *
 * @param registry registry host as names carry it
 * @param name repository below the registry
 */
public record Repository(String registry, String name) {}
