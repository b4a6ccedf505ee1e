package dev.longshore.app.query.find;

import dev.longshore.containerd.LocalName;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.config.RegistrySettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns names as people type them into Longshore's: aliases of a registry become its host. */
public final class KnownNames {
  /** Prefix of the names of a containerd's images. */
  private static final String LOCAL = LocalName.HOST + "/";

  private final List<RegistrySettings> registries;

  public KnownNames(List<RegistrySettings> registries) {
    this.registries = List.copyOf(registries);
  }

  /** Reads a reference. */
  public Reference reference(String text) throws QueryException {
    try {
      Reference typed = text.startsWith(LOCAL) ? Reference.canonical(text) : Reference.parse(text);
      Optional<RegistrySettings> registry = registry(typed.name().host());
      if (registry.isEmpty()) {
        return typed;
      }
      RegistryHost host = new RegistryHost(registry.get().host());
      return new Reference(
          new RepositoryName(host, typed.name().repository()), typed.tag(), typed.digest());
    } catch (OciFormatException e) {
      throw new QueryException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The registry that mirrors images of this host. */
  public RegistrySettings requireRegistry(RegistryHost host) throws QueryException {
    return registry(host)
        .orElseThrow(
            () ->
                new QueryException(
                    "registry %s is not configured (configured: %s); add it under registries"
                        .formatted(
                            host,
                            registries.isEmpty()
                                ? "none"
                                : registries.stream()
                                    .map(RegistrySettings::host)
                                    .collect(Collectors.joining(", ")))));
  }

  /** Why nothing is known of an image, in words. */
  public String notKnown(String image) {
    if (Asked.of(image) instanceof Asked.ByName(String name)) {
      try {
        Reference reference = reference(name);
        if (!isLocal(reference)) {
          var _ = requireRegistry(reference.name().host());
        }
      } catch (QueryException e) {
        return image + " is not known: " + e.getMessage();
      }
    }
    return image + " is not known; 'longshore why " + image + "' says what was looked at";
  }

  /** Whether this configuration mirrors images of its registry. */
  public boolean isMirrored(Reference reference) {
    return isLocal(reference) || registry(reference.name().host()).isPresent();
  }

  /** Whether it is an image of a containerd, which no registry has. */
  public boolean isLocal(Reference reference) {
    return reference.name().host().equals(LocalName.HOST);
  }

  private Optional<RegistrySettings> registry(RegistryHost host) {
    return registries.stream()
        .filter(
            r ->
                new RegistryHost(r.host()).equals(host)
                    || r.aliases().stream().map(RegistryHost::new).anyMatch(host::equals))
        .findFirst();
  }
}
