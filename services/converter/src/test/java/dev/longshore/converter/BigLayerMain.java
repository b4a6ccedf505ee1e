package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;

import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.model.Digest;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Converts the image of a {@link GeneratedRegistry}; its output is the image DAG's CID. */
final class BigLayerMain {
  private BigLayerMain() {}

  /**
   * Converts once.
   *
   * @param arguments the registry's host, digest and size of the manifest, a Kubo's RPC and gateway
   */
  public static void main(String[] arguments) throws Exception {
    var host = new RegistryHost(arguments[0]);
    var top =
        new Descriptor(
            MediaType.OCI_MANIFEST, Digest.parse(arguments[1]), Long.parseLong(arguments[2]));
    var kubo =
        new KuboAddress(
            "kubo0", URI.create(arguments[3]), URI.create(arguments[4]), new RpcCredential.None());
    var images = new RegistryClient(Registries.of(RegistryConfig.of(host)));
    var converter = new TestConverter(images, new KuboClient(kubo));
    converter.handle(observed(new RepositoryName(host, "big"), null, top));
    print(converter.announced().getFirst().imageDag().toString());
  }

  private static void print(String cid) throws IOException {
    try (var out = new FileOutputStream(FileDescriptor.out)) {
      out.write(cid.getBytes(StandardCharsets.UTF_8));
    }
  }
}
