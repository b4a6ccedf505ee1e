package dev.longshore.app.cli;

import dev.longshore.app.SourceRegistries;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The configured resolver, as a registry that this machine reaches. */
final class OwnResolver {
  private static final Listen USUAL = new Listen("127.0.0.1", 5050);

  private final RegistryHost host;
  private final RegistryClient client;

  OwnResolver(@Nullable ResolverConfig config) {
    Listen listen = config == null ? USUAL : config.listen();
    AccessSettings access = config == null ? AccessSettings.OPEN : config.access();
    host = new RegistryHost("localhost:" + listen.port());
    client = new RegistryClient(Registries.of(registry(host, listen.reachable(), access)));
  }

  private static RegistryConfig registry(RegistryHost host, Listen listen, AccessSettings access) {
    ServerTlsSettings tls = access.tls();
    URI endpoint = URI.create((tls == null ? "http://" : "https://") + listen);
    RegistryConfig config = SourceRegistries.config(host, endpoint, access.credentials());
    // Its own certificate is at hand, so the signer does not matter.
    return tls == null
        ? config
        : config.withTls(
            ClientTls.of(new ClientTlsSettings(tls.certificateFile(), null, null)).context());
  }

  RegistryClient client() {
    return client;
  }

  /** By CID of an image DAG or root. */
  Reference byCid(String cid) {
    return Reference.tagged(new RepositoryName(host, "ipfs/" + cid), "latest");
  }

  /** By its name at the source. */
  Reference byName(Reference source) {
    String path = source.name().host().pathForm() + "/" + source.name().repository();
    return new Reference(new RepositoryName(host, path), source.tag(), source.digest());
  }
}
