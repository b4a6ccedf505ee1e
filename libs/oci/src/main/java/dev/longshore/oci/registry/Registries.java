package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The configured registries; any other is reached without login. */
public final class Registries {
  private final Map<RegistryHost, RegistryConfig> configured;

  private Registries(Map<RegistryHost, RegistryConfig> configured) {
    this.configured = Map.copyOf(configured);
  }

  public static Registries of(Collection<RegistryConfig> configs) {
    return new Registries(
        configs.stream().collect(Collectors.toMap(RegistryConfig::host, Function.identity())));
  }

  public static Registries of(RegistryConfig... configs) {
    return of(java.util.List.of(configs));
  }

  public RegistryConfig config(RegistryHost host) {
    RegistryConfig config = configured.get(host);
    return config != null ? config : RegistryConfig.of(host);
  }
}
