package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.net.URI;

/** Addresses of the distribution API (formats of the spec's endpoints end-2 to end-12). */
final class Routes {
  private Routes() {}

  static URI manifest(RegistryConfig config, RepositoryName name, String tagOrDigest) {
    return in(config, name, "/manifests/" + tagOrDigest);
  }

  static URI blob(RegistryConfig config, RepositoryName name, Digest digest) {
    return in(config, name, "/blobs/" + digest);
  }

  static URI uploads(RegistryConfig config, RepositoryName name) {
    return in(config, name, "/blobs/uploads/");
  }

  static URI tags(RegistryConfig config, RepositoryName name) {
    return in(config, name, "/tags/list");
  }

  static URI referrers(RegistryConfig config, RepositoryName name, Digest subject) {
    return in(config, name, "/referrers/" + subject);
  }

  static URI root(RegistryConfig config) {
    return URI.create(config.endpoint() + "/v2/");
  }

  static URI catalog(RegistryConfig config) {
    return URI.create(config.endpoint() + "/v2/_catalog");
  }

  private static URI in(RegistryConfig config, RepositoryName name, String rest) {
    return URI.create(config.endpoint() + "/v2/" + name.repository() + rest);
  }
}
