package dev.longshore.resolver.hub;

import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.sites.Group;

/**
 * A group of sites.
 *
 * @param line the line about it that its sites get first
 * @param rules which names exist for them
 */
record SiteGroup(Group line, SiteRules rules) {
  static SiteGroup of(SiteGroupSettings settings) {
    SiteRules rules = new SiteRules(settings.rules());
    return new SiteGroup(settings.line().of(settings.name(), rules.repositories()), rules);
  }

  /** The group as one of its sites gets it, with what operators asked of that site. */
  SiteGroup with(SiteCaller caller) {
    return !caller.paused() && caller.syncAt() == null
        ? this
        : new SiteGroup(
            new Group(
                line.name(),
                line.bytesPerSecond(),
                line.windows(),
                line.zone(),
                line.paused() || caller.paused(),
                caller.syncAt(),
                line.askedPercent(),
                line.repositories()),
            rules);
  }
}
