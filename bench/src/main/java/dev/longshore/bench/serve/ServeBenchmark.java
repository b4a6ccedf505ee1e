package dev.longshore.bench.serve;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Contender;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One 250 MB blob and its manifest out of the resolver, the gateway and the registry. */
public final class ServeBenchmark implements Benchmark {
  private static final long BLOB_BYTES = 250_000_000;
  private static final int MANY_CLIENTS = 16;
  private static final int CONNECTIONS = 64;
  private static final int REQUESTS = 150;
  private static final String TAG = "1";
  private static final Bar BY_GATEWAY = new Bar.AtLeast(0.8);
  private static final Bar BY_REGISTRY = new Bar.AtLeast(1.0);
  private static final Bar MANY_BY_REGISTRY = new Bar.AtLeast(0.8);
  private static final Bar CPU_BY_REGISTRY = new Bar.AtMost(2);
  private static final Bar BY_NERDCTL = new Bar.AtLeast(5);
  private static final Bar MANIFESTS = new Bar.AtLeast(0.8);

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    BigImage image =
        BigImage.write(
            folder.resolve("image"),
            List.of(new LayerSpec(11, BLOB_BYTES, LayerSpec.Texture.RANDOM)));
    bench
        .report()
        .title(
            "serve: one blob of %.0f MB to curl on loopback; CPU is the servers' (%s, %s)"
                .formatted(
                    image.manifest().layers().getFirst().size() / 1e6,
                    bench.version("ipfs", "--version"),
                    bench.version("registry", "--version")));
    try (LongshoreUp up =
        LongshoreUp.start(folder.resolve("uncached"), List.of("resolver.cache-size=0"))) {
      Subject subject = new Subject(bench, up, image);
      subject.uncached();
      Pairs pairs = subject.byNerdctl();
      bench.report().ratio("speed, not cached, by nerdctl's registry", pairs.speedRatio());
      bench.report().sides(pairs, "longshore, verified", "nerdctl ipfs registry serve");
    }
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("cached"), List.of())) {
      Subject subject = new Subject(bench, up, image);
      subject.cached();
      Pairs pairs = subject.byNerdctl();
      bench
          .report()
          .ratio("speed, cached, by nerdctl's (it has no cache)", pairs.speedRatio(), BY_NERDCTL);
      bench.report().sides(pairs, "longshore, verified", "nerdctl ipfs registry serve");
      subject.manifests();
    }
  }

  /** The image in a running Longshore. */
  private record Subject(
      Bench bench,
      LongshoreUp up,
      RepositoryName name,
      Descriptor blob,
      LongshoreUp.Mirrored mirrored) {
    Subject(Bench bench, LongshoreUp up, BigImage image) throws Exception {
      RepositoryName name = up.name("bench/serve");
      Descriptor pushed = up.push(image, name, TAG);
      LongshoreUp.Mirrored mirrored = up.awaitCopies(pushed.digest().toString());
      this(bench, up, name, image.manifest().layers().getFirst(), mirrored);
    }

    void uncached() throws Exception {
      CurlClients downloads = new CurlClients(up.processes(), blob.size());
      String resolver = up.resolverUrl(name, "blobs/" + blob.digest());
      // The first one brings the blocks from a peer.
      Sample cold = downloads.fetch(resolver, 1);
      bench
          .report()
          .line(
              "  first fetch, blocks from another peer          %.2f s".formatted(cold.seconds()));
      String gateway = up.gatewayUrl(mirrored.dag(), blob);
      Pairs pairs = pairs(() -> downloads.fetch(resolver, 1), () -> downloads.fetch(gateway, 1));
      bench.report().ratio("speed, not cached, by Kubo's gateway", pairs.speedRatio(), BY_GATEWAY);
      bench.report().sides(pairs, "longshore, verified", "gateway");
    }

    void cached() throws Exception {
      CurlClients downloads = new CurlClients(up.processes(), blob.size());
      String resolver = up.resolverUrl(name, "blobs/" + blob.digest());
      String registry = up.registryUrl(name, "blobs/" + blob.digest());
      downloads.fetch(resolver, 1);
      Pairs one = pairs(() -> downloads.fetch(resolver, 1), () -> downloads.fetch(registry, 1));
      bench.report().ratio("speed, cached, by the registry", one.speedRatio(), BY_REGISTRY);
      bench.report().sides(one, "longshore, verified", "registry");
      Pairs many =
          pairs(
              () -> downloads.fetch(resolver, MANY_CLIENTS),
              () -> downloads.fetch(registry, MANY_CLIENTS));
      bench
          .report()
          .ratio("16 clients: speed, by the registry", many.speedRatio(), MANY_BY_REGISTRY);
      bench
          .report()
          .ratio("16 clients: or CPU a byte, by the registry's", many.cpuRatio(), CPU_BY_REGISTRY);
      bench.report().sides(many, "longshore, verified", "registry");
    }

    /** Both read from the same node. */
    Pairs byNerdctl() throws Exception {
      try (NerdctlServe nerdctl = NerdctlServe.start(bench.tools(), up, bench.folder())) {
        CurlClients ours = new CurlClients(up.processes(), blob.size());
        CurlClients theirs = new CurlClients(nerdctl.processes(), blob.size());
        String resolver = up.resolverUrl(name, "blobs/" + blob.digest());
        String reference = nerdctl.url(mirrored.root(), blob);
        return pairs(() -> ours.fetch(resolver, 1), () -> theirs.fetch(reference, 1));
      }
    }

    void manifests() throws Exception {
      RequestLoad load =
          new RequestLoad(up.processes(), CONNECTIONS, REQUESTS, MediaType.OCI_MANIFEST);
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      Pairs pairs =
          pairs(
              () -> counted(once(load, up.resolverUrl(name, "manifests/" + TAG)), ours),
              () -> counted(once(load, up.registryUrl(name, "manifests/" + TAG)), theirs));
      bench
          .report()
          .ratio("manifest by tag: requests/s, by the registry", pairs.speedRatio(), MANIFESTS);
      requests("longshore", pairs.ours(Subject::rate), ours);
      requests("registry", pairs.theirs(Subject::rate), theirs);
    }

    private static RequestLoad.Outcome once(RequestLoad load, String url) throws Exception {
      URI whole = URI.create(url);
      return load.run(whole, List.of(whole.getRawPath()));
    }

    private void requests(String who, Median rate, List<Double> seconds) {
      bench
          .report()
          .line(
              "  %-44s %s requests/s, p99 %.1f ms"
                  .formatted(
                      who,
                      BenchmarkReport.median("%.0f", rate),
                      1_000
                          * Median.quantile(
                              seconds.subList(
                                  seconds.size()
                                      * Bench.WARM_UPS
                                      / (bench.pairs() + Bench.WARM_UPS),
                                  seconds.size()),
                              0.99)));
    }

    private static double rate(Sample sample) {
      return sample.bytes() / sample.seconds();
    }

    private static Sample counted(RequestLoad.Outcome outcome, List<Double> seconds) {
      seconds.addAll(outcome.seconds());
      return outcome.sample();
    }

    private Pairs pairs(Contender ours, Contender theirs) throws Exception {
      return Pairs.measure(bench.pairs(), Bench.WARM_UPS, ours, theirs, bench.report()::progress);
    }
  }
}
