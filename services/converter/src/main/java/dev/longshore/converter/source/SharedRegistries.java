package dev.longshore.converter.source;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.service.turns.FairShare;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Registries as the shares of their work may read them. All backfill of one registry has a budget
 * of requests of its own, which all conversions of the process share; a fresh push has none, and
 * waits for nobody.
 */
public final class SharedRegistries {
  private final ImageSource fresh;
  private final Map<RegistryHost, ImageSource> backfill;
  private final ImageSource backfillOfOthers;

  private SharedRegistries(
      ImageSource fresh, Map<RegistryHost, ImageSource> backfill, ImageSource backfillOfOthers) {
    this.fresh = fresh;
    this.backfill = Map.copyOf(backfill);
    this.backfillOfOthers = backfillOfOthers;
  }

  /**
   * The registries.
   *
   * @param images reads any of them
   * @param budgets makes a budget of so many requests a second
   */
  public static SharedRegistries of(
      ImageSource images, List<RegistrySettings> registries, IntFunction<RequestBudget> budgets) {
    return new SharedRegistries(
        images,
        registries.stream()
            .collect(
                Collectors.toMap(
                    registry -> new RegistryHost(registry.host()),
                    registry -> images.within(budgets.apply(rate(registry))))),
        images.within(budgets.apply(PollSettings.UNSAID.backfillRate())));
  }

  private static int rate(RegistrySettings registry) {
    PollSettings poll = registry.poll();
    return (poll == null ? PollSettings.UNSAID : poll).backfillRate();
  }

  /** Where this share of the work reads the repository. */
  public ImageSource of(RepositoryName name, FairShare share) {
    return share.equals(FairShare.BACKFILL)
        ? backfill.getOrDefault(name.host(), backfillOfOthers)
        : fresh;
  }
}
