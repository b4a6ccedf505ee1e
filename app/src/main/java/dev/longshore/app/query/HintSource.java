package dev.longshore.app.query;

import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.containerd.LocalName;
import dev.longshore.model.Reference;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.watcher.ContainerdSettings;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where hints about a name come from.
 *
 * @param key of hints about its repository
 * @param interval longest pause between two checks without a hint; null if there are none
 */
record HintSource(String key, @Nullable Duration interval) {
  static HintSource of(Settings settings, KnownNames names, Reference reference)
      throws QueryException {
    Optional<LocalName> local = LocalName.of(reference.name());
    if (local.isPresent()) {
      return new HintSource(reference.name().toString(), node(settings, local.get()).interval());
    }
    RegistrySettings registry = names.requireRegistry(reference.name().host());
    return new HintSource(
        registry.name() + "/" + reference.name().repository(),
        registry.poll() == null ? null : registry.poll().longestPause());
  }

  private static ContainerdSettings node(Settings settings, LocalName name) throws QueryException {
    return settings.containerd().stream()
        .filter(node -> node.name().equals(name.node()))
        .findFirst()
        .orElseThrow(
            () ->
                new QueryException(
                    "the containerd of node %s is not configured (configured: %s); add it under containerd"
                        .formatted(
                            name.node(),
                            settings.containerd().stream()
                                .map(ContainerdSettings::name)
                                .toList())));
  }
}
