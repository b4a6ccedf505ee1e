package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.source.BlobStream;
import java.util.HashSet;
import java.util.Set;

/** A client of one resolver. */
final class Pull {
  private final int resolver;
  private final RegistryClient client;

  /**
   * @param resolver its port
   */
  Pull(int resolver, ClientSettings settings) {
    this.resolver = resolver;
    this.client = new RegistryClient(Registries.of(), settings);
  }

  private RepositoryName name(Reference pushed) {
    return new RepositoryName(
        new RegistryHost("127.0.0.1:" + resolver),
        pushed.name().host().pathForm() + "/" + pushed.name().repository());
  }

  /** Whether the tag is there and is this image. */
  boolean leadsTo(Reference pushed, Digest digest) {
    try {
      return root(pushed).digest().equals(digest);
    } catch (RegistryException e) {
      return false;
    }
  }

  private Descriptor root(Reference pushed) throws RegistryException {
    return client.resolve(Reference.tagged(name(pushed), pushed.tag().orElseThrow()));
  }

  /** Every byte; the client compares each content with its digest. */
  void every(Reference pushed, Digest digest) throws Exception {
    Descriptor root = root(pushed);
    assertThat(root.digest()).isEqualTo(digest);
    Set<Digest> seen = new HashSet<>();
    walk(name(pushed), root, seen);
    assertThat(seen).hasSizeGreaterThan(1);
  }

  private void walk(RepositoryName name, Descriptor descriptor, Set<Digest> seen) throws Exception {
    if (!seen.add(descriptor.digest())) {
      return;
    }
    byte[] body = client.manifest(name, descriptor.digest());
    switch (Manifest.parse(body, descriptor.mediaType())) {
      case ImageIndex index -> {
        for (Descriptor entry : index.manifests()) {
          walk(name, entry, seen);
        }
      }
      case ImageManifest manifest -> {
        for (Descriptor blob : manifest.children()) {
          if (seen.add(blob.digest())) {
            try (BlobStream stream = client.blob(name, blob, 0)) {
              assertThat(Digest.of(stream.readAllBytes())).isEqualTo(blob.digest());
            }
          }
        }
      }
    }
  }
}
