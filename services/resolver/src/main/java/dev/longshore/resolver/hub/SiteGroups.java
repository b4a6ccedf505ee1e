package dev.longshore.resolver.hub;

import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The current groups of sites; rebuilt when their settings are replaced. */
final class SiteGroups {
  private final Supplier<List<SiteGroupSettings>> settings;
  private volatile @Nullable Made made;

  private record Made(List<SiteGroupSettings> of, List<SiteGroup> groups) {}

  SiteGroups(Supplier<List<SiteGroupSettings>> settings) {
    this.settings = settings;
  }

  List<SiteGroup> now() {
    List<SiteGroupSettings> of = settings.get();
    Made known = made;
    if (known == null || !known.of().equals(of)) {
      known = new Made(of, of.stream().map(SiteGroup::of).toList());
      made = known;
    }
    return known.groups();
  }

  /** The group of that name; empty if the settings have none. */
  Optional<SiteGroup> named(String name) {
    return now().stream().filter(group -> group.line().name().equals(name)).findFirst();
  }

  /** Its settings; empty if there are none of that name. */
  Optional<SiteGroupSettings> settings(String name) {
    return settings.get().stream().filter(group -> group.name().equals(name)).findFirst();
  }
}
