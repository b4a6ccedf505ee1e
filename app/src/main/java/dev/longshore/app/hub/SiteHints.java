package dev.longshore.app.hub;

import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.config.RegistrySettings;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes hints to the watcher of names that sites were asked for and do not know. */
public final class SiteHints implements Consumer<Reference> {
  private static final Logger LOG = LoggerFactory.getLogger(SiteHints.class);

  private final List<RegistrySettings> registries;
  private final Consumer<Hint> sink;
  private final InstantSource clock;

  /**
   * @param registries those that the watcher has, too
   * @param sink passes a hint on; one that is lost is made again when the name is missed again
   */
  public SiteHints(List<RegistrySettings> registries, Consumer<Hint> sink, InstantSource clock) {
    this.registries = List.copyOf(registries);
    this.sink = sink;
    this.clock = clock;
  }

  @Override
  public void accept(Reference missed) {
    RegistryHost host = missed.name().host();
    Optional<RegistrySettings> registry =
        registries.stream().filter(each -> new RegistryHost(each.host()).equals(host)).findFirst();
    if (registry.isEmpty()) {
      LOG.warn(
          "a site misses {}, and no watcher will look for it: this hub has no registry with host"
              + " {}",
          missed,
          host);
      return;
    }
    sink.accept(hint(registry.get(), missed));
  }

  private Hint hint(RegistrySettings registry, Reference missed) {
    String repository = missed.name().repository();
    try {
      byte[] body =
          EventJson.writeReference(
              new ReferenceHint(repository, missed.tag().orElseThrow(), null, null));
      return new Hint(
          Origin.SITE,
          registry.name(),
          repository,
          Hint.REFERENCE,
          Base64.getEncoder().encodeToString(body),
          false,
          clock.instant());
    } catch (MalformedEventException e) {
      throw new IllegalStateException("a hint could not be written as JSON", e);
    }
  }
}
