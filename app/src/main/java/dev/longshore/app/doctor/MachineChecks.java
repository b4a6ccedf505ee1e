package dev.longshore.app.doctor;

import dev.longshore.app.ServiceName;
import dev.longshore.app.parts.HomeLock;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.check.Check;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.service.tls.CertificateCheck;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is looked at on this machine: files, folders, memory, ports. */
record MachineChecks(
    Settings settings, Map<String, Path> secretFiles, Set<ServiceName> services, Clock clock) {
  private static final long GIGABYTE = 1_000_000_000;

  /** The catalog of some 300,000 images (docs/operations.md). */
  private static final long STORES = 2 * GIGABYTE;

  /** What the converter leaves to others on the spool's disk, with room for a layer. */
  private static final long SPOOL_LEAST = GIGABYTE;

  private static final long SPOOL = 10 * GIGABYTE;
  private static final long LEAST = GIGABYTE / 10;

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(new SecretFilesCheck(withKeys()));
    certificates(checks);
    folders(checks);
    boolean converts = services.contains(ServiceName.CONVERTER);
    boolean lazy =
        converts
            && settings.shared().rules().stream()
                .flatMap(rule -> rule.modes().stream())
                .anyMatch(mode -> mode.isLazy());
    int concurrency = converts ? settings.converter().concurrency() : 0;
    checks.add(HeapCheck.of(System.getenv(), concurrency, lazy));
    for (Listener one : Listener.of(settings, services)) {
      checks.add(new PortCheck(one.setting(), one.listen(), () -> owner(one)));
    }
    return checks;
  }

  private Map<String, Path> withKeys() {
    Map<String, Path> files = new HashMap<>(secretFiles);
    SettingsWalk.find(settings, ServerTlsSettings.class)
        .forEach((path, tls) -> files.put(path + ".key-file", tls.keyFile()));
    SettingsWalk.find(settings, ClientTlsSettings.class)
        .forEach(
            (path, tls) ->
                Optional.ofNullable(tls.keyFile())
                    .ifPresent(key -> files.put(path + ".key-file", key)));
    Optional.ofNullable(settings.shared().kafka().clientProperties())
        .ifPresent(file -> files.put("kafka.client-properties", file));
    return files;
  }

  private void certificates(List<Check> checks) {
    Map<String, Optional<String>> hosts = new HashMap<>();
    Listener.of(settings, services)
        .forEach(listener -> hosts.put(listener.section() + ".tls", listener.host()));
    SettingsWalk.find(settings, ServerTlsSettings.class)
        .forEach(
            (path, tls) -> {
              Optional<String> host = Objects.requireNonNullElse(hosts.get(path), Optional.empty());
              checks.add(certificate(path, tls.certificateFile(), () -> ServerTls.of(tls), host));
            });
    SettingsWalk.find(settings, ClientTlsSettings.class)
        .forEach(
            (path, tls) ->
                Optional.ofNullable(tls.certificateFile())
                    .ifPresent(
                        file ->
                            checks.add(
                                certificate(
                                    path, file, () -> ClientTls.of(tls), Optional.empty()))));
  }

  private Check certificate(String path, Path file, Runnable use, Optional<String> host) {
    return new CertificateCheck(path, file, use, host.orElse(null), clock);
  }

  private void folders(List<Check> checks) {
    Path home = settings.shared().home();
    folder(checks, "home", home, STORES, LEAST);
    if (services.contains(ServiceName.CONVERTER)) {
      Path spool = orElse(settings.converter().spoolDir(), home.resolve("converter"));
      folder(checks, "converter.spool-dir", spool, SPOOL, SPOOL_LEAST);
    }
    ResolverConfig resolver = settings.resolver();
    if (resolver != null && services.contains(ServiceName.RESOLVER)) {
      Path cache = orElse(resolver.cacheDir(), home.resolve("resolver").resolve("cache"));
      folder(checks, "resolver.cache-dir", cache, resolver.cacheSize().bytes(), LEAST);
    }
  }

  private static void folder(
      List<Check> checks, String setting, Path folder, long wanted, long least) {
    checks.add(new FolderCheck(setting, folder, wanted, least, FolderCheck.Disk.REAL));
  }

  private static Path orElse(@Nullable Path configured, Path otherwise) {
    return configured == null ? otherwise : configured;
  }

  /** A development run has them all. */
  private Optional<String> owner(Listener listener) {
    Path home = settings.shared().home();
    return Stream.concat(Stream.of("run"), listener.owners().stream().map(ServiceName::text))
        .flatMap(name -> HomeLock.holder(home, name).stream())
        .findFirst();
  }
}
