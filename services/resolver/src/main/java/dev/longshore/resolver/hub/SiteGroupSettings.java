package dev.longshore.resolver.hub;

import dev.longshore.settings.Setting;

/** A group of sites. */
public record SiteGroupSettings(
    @Setting(doc = "its name, which a site is added with") String name) {}
