package dev.longshore.bench.convert;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.source.BlobStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Blobs of a registry read and checked by our client, and by the JDK's {@code HttpURLConnection}.
 */
public final class ReadBenchmark implements Benchmark {
  private static final Bar BAR = new Bar.AtLeast(0.9);
  private static final int ROUNDS = 4;
  private static final int BUFFER = 256 * 1024;

  /** Opens a blob. */
  @FunctionalInterface
  private interface Source {
    BlobStream open(Descriptor blob) throws IOException;
  }

  @Override
  public String name() {
    return "read";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    bench.report().progress("making an image of 250 MB ...");
    BigImage image = BigImage.write(folder.resolve("image"), BigImage.usualLayers(103));
    try (LoopbackRegistry registry =
        LoopbackRegistry.start(bench.tools(), folder.resolve("registry"))) {
      RepositoryName name = registry.name("bench/read");
      registry.push(image, name, "1");
      var client = new RegistryClient(Registries.of());
      List<Descriptor> blobs = image.blobs();
      long bytes = ROUNDS * blobs.stream().mapToLong(Descriptor::size).sum();
      bench.report().title("read: %.0f MB of a registry on loopback".formatted(bytes / 1e6));
      Pairs pairs =
          Pairs.measure(
              bench.pairs(),
              Bench.WARM_UPS,
              () -> read(blobs, bytes, blob -> client.blob(name, blob, 0)),
              () -> read(blobs, bytes, blob -> plain(registry.blobUrl(name, blob), blob)),
              bench.report()::progress);
      bench.report().ratio("speed, by HttpURLConnection", pairs.speedRatio(), BAR);
      bench.report().sides(pairs, "registry client", "HttpURLConnection");
    }
  }

  private static Sample read(List<Descriptor> blobs, long bytes, Source source) throws IOException {
    byte[] buffer = new byte[BUFFER];
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    for (int round = 0; round < ROUNDS; round++) {
      for (Descriptor blob : blobs) {
        try (BlobStream in = source.open(blob)) {
          // Read to the end, where the digest is checked.
          for (int count = in.read(buffer); count >= 0; ) {
            count = in.read(buffer);
          }
        }
      }
    }
    return watch.sample(bytes);
  }

  private static BlobStream plain(String url, Descriptor blob) throws IOException {
    var call = (HttpURLConnection) URI.create(url).toURL().openConnection();
    call.setUseCaches(false);
    InputStream body = call.getInputStream();
    return BlobStream.of(body, blob, 0, new Attempt("GET blob", url));
  }
}
