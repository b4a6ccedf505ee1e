package dev.longshore.resolver.hub;

import dev.longshore.sites.Group;

/**
 * A group of sites.
 *
 * @param line what its sites are told of it first
 * @param rules which names exist for them
 */
record SiteGroup(Group line, SiteRules rules) {
  static SiteGroup of(SiteGroupSettings settings) {
    return new SiteGroup(settings.line().of(settings.name()), new SiteRules(settings.rules()));
  }
}
