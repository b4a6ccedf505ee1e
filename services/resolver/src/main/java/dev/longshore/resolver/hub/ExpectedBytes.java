package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ServedState.Result;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.util.List;

/**
 * What an image takes at a site that has not heard of it yet. Where a rule names platforms, that is
 * their share of the image, as if each platform took as much: how much they take is known to a hub
 * once it has made what its sites get, and to nobody else.
 */
final class ExpectedBytes {
  private final Catalog catalog;

  ExpectedBytes(Catalog catalog) {
    this.catalog = catalog;
  }

  long of(RepositoryName repository, Result result, SiteRuleSettings rule) {
    if (rule.platforms().isEmpty()) {
      return result.bytes();
    }
    List<Platform> wanted = rule.platforms().stream().map(Platform::parse).toList();
    return catalog.conversions().forRepository(repository, result.source()).stream()
        .filter(image -> image.imageDag().equals(result.imageDag()))
        .findFirst()
        .map(image -> share(result.bytes(), image.platforms(), wanted))
        .orElse(result.bytes());
  }

  private static long share(long bytes, List<String> all, List<Platform> wanted) {
    List<Platform> platforms =
        all.stream().map(Platform::parse).filter(each -> !each.isUnknown()).toList();
    long named = platforms.stream().filter(each -> wanted.stream().anyMatch(each::matches)).count();
    return platforms.size() < 2 ? bytes : bytes / platforms.size() * named;
  }
}
