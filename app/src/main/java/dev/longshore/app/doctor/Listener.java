package dev.longshore.app.doctor;

import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.Settings;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.settings.value.Listen;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An address that services listen on.
 *
 * @param setting such as {@code resolver.grpc-listen}
 * @param section of its certificate, such as {@code resolver}
 * @param owners services that may hold it
 */
record Listener(String setting, String section, Listen listen, Set<ServiceName> owners) {
  static List<Listener> of(Settings settings, Set<ServiceName> services) {
    List<Listener> all = new ArrayList<>();
    all.add(new Listener("health.listen", "health", settings.shared().health().listen(), services));
    if (services.contains(ServiceName.WATCHER)) {
      Listen hooks = settings.watcher().webhooks().listen();
      String section = "watcher.webhooks";
      all.add(new Listener(section + ".listen", section, hooks, Set.of(ServiceName.WATCHER)));
    }
    if (services.contains(ServiceName.PINNER)) {
      both(all, ServiceName.PINNER, settings.pinner().listen(), settings.pinner().grpcListen());
    }
    ResolverConfig resolver = settings.resolver();
    if (services.contains(ServiceName.RESOLVER) && resolver != null) {
      both(all, ServiceName.RESOLVER, resolver.listen(), resolver.grpcListen());
    }
    if (services.contains(ServiceName.OPS)) {
      Listen page = settings.ops().listen();
      all.add(new Listener("ops.listen", "ops", page, Set.of(ServiceName.OPS)));
    }
    return all;
  }

  private static void both(List<Listener> all, ServiceName service, Listen http, Listen grpc) {
    String section = service.text();
    all.add(new Listener(section + ".listen", section, http, Set.of(service)));
    all.add(new Listener(section + ".grpc-listen", section, grpc, Set.of(service)));
  }

  /** The name that clients would come by; none where it listens on every address. */
  Optional<String> host() {
    try {
      return InetAddress.getByName(listen.host()).isAnyLocalAddress()
          ? Optional.empty()
          : Optional.of(listen.host());
    } catch (UnknownHostException e) {
      return Optional.of(listen.host());
    }
  }
}
