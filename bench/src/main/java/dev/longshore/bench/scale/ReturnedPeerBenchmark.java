package dev.longshore.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.latency.Parallel;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.InstallationName;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A peer that came back empty: from its return until all its copies are verified again, against
 * bare pins of the same DAGs, as many at once, on another empty peer of the same swarm.
 */
public final class ReturnedPeerBenchmark implements Benchmark {
  private static final int MOST_IMAGES = 1_000;
  private static final int BYTES = 1_000_000;
  private static final int PEERS = 3;

  /** As {@code pinner.copies-per-peer} has it. */
  private static final int AT_ONCE = 8;

  private static final int MOST_PAIRS = 3;
  private static final int PAGE = 100;
  private static final int IMPORTED_AT_ONCE = 50;
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /** Longer than a round of the repair, in which the peer is missed. */
  private static final Duration AWAY = Duration.ofSeconds(15);

  private static final List<String> MEMORY = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=128m");
  private static final String PIN = PinNames.prefix(new InstallationName("default")) + "copy";
  private static final Bar BAR = new Bar.AtMost(1.3);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String name() {
    return "returned-peer";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int images = Math.min(MOST_IMAGES, bench.images());
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(5);
    String kafkaAddress = "127.0.0.1:" + ports.get(0);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    List<FreshKubo> peers = new ArrayList<>();
    try {
      for (int n = 1; n <= PEERS; n++) {
        peers.add(FreshKubo.start(bench.tools(), folder.resolve("peer-" + n), key));
      }
      bench.report().progress("making %,d images of 1 MB ...".formatted(images));
      List<Cid> roots = store(peers, images);
      new GeneratedImages(images, i -> new ImageDag(roots.get(i)), BYTES).writeTo(kafkaAddress);
      Path settings = folder.resolve("longshore.yaml");
      Files.writeString(settings, settings(folder, kafkaAddress, ports, peers));
      List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
      command.addAll(List.of("service", "pinner", "--config", settings.toString()));
      Program pinner =
          new Program(
              "pinner",
              Command.of(command),
              folder.resolve("pinner.log"),
              Ready.says("pinner is ready"),
              LIMIT);
      try (RunningProgram _ = pinner.start()) {
        URI api = URI.create("http://127.0.0.1:" + ports.get(2));
        measure(bench, folder, key, peers, roots, api);
      }
    } finally {
      for (FreshKubo peer : peers) {
        peer.close();
      }
      kafka.stop(Duration.ZERO);
    }
  }

  private static void measure(
      Bench bench, Path folder, SwarmKey key, List<FreshKubo> peers, List<Cid> roots, URI api)
      throws Exception {
    Pairs pairs =
        Pairs.measure(
            Math.min(bench.pairs(), MOST_PAIRS),
            1,
            () -> ours(peers.getLast(), roots.size(), api),
            () -> theirs(bench, folder, key, peers, roots),
            bench.report()::progress);
    bench
        .report()
        .title(
            "returned-peer: %,d images of 1 MB, until a peer that is back and empty has all"
                .formatted(roots.size()));
    bench
        .report()
        .ratio("time, by bare pins, %d at once".formatted(AT_ONCE), pairs.timeRatio(), BAR);
    bench.report().sides(pairs, "longshore, from its return", "bare pins");
    bench
        .report()
        .line(
            "  %-44s %s s, %s s"
                .formatted(
                    "processors, all in it; bare",
                    BenchmarkReport.median("%.1f", pairs.ours(Sample::cpuSeconds)),
                    BenchmarkReport.median("%.1f", pairs.theirs(Sample::cpuSeconds))));
  }

  private static Sample ours(FreshKubo peer, int images, URI api) throws Exception {
    peer.leave();
    TimeUnit.SECONDS.sleep(AWAY.toSeconds());
    Instant back = Instant.now();
    peer.returnEmpty();
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    Copies copies = new Copies(api, images, back);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!copies.areAllThere()) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(
            "%d of %d copies are there within %s".formatted(copies.there, images, LIMIT));
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
    return watch.sample((long) images * BYTES);
  }

  /** Copies of the peer that were made anew, looked for in order: none is looked at twice. */
  private static final class Copies {
    private final URI api;
    private final int images;
    private final Instant back;
    private String after = "";
    private int there;

    Copies(URI api, int images, Instant back) {
      this.api = api;
      this.images = images;
      this.back = back;
    }

    boolean areAllThere() throws IOException {
      while (true) {
        JsonNode page = get(api.resolve("/v1/pins?limit=" + PAGE + "&after=" + after));
        for (JsonNode pin : page.path("pins")) {
          if (!isThere(pin)) {
            return false;
          }
          there++;
          after = pin.path("imageDag").asText();
        }
        if (!page.has("next")) {
          return there == images;
        }
      }
    }

    private boolean isThere(JsonNode pin) {
      for (JsonNode copy : pin.path("copies")) {
        if (copy.path("peer").asText().equals("peer-" + PEERS)) {
          return copy.path("state").asText().equals("verified")
              && Instant.parse(copy.path("changedAt").asText()).isAfter(back);
        }
      }
      return false;
    }
  }

  private static JsonNode get(URI address) throws IOException {
    HttpURLConnection call = (HttpURLConnection) address.toURL().openConnection();
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    try (InputStream in = call.getInputStream()) {
      return JSON.readTree(in);
    }
  }

  private static Sample theirs(
      Bench bench, Path folder, SwarmKey key, List<FreshKubo> peers, List<Cid> roots)
      throws Exception {
    try (FreshKubo other = FreshKubo.startLasting(bench.tools(), folder.resolve("bare"), key)) {
      for (FreshKubo peer : peers.subList(0, PEERS - 1)) {
        connect(other, peer);
      }
      IpfsNode node = other.client();
      Stopwatch watch = Stopwatch.start(ProcessTree.own());
      Parallel.run(AT_ONCE, roots.stream().map(root -> pinned(node, root)).toList());
      return watch.sample((long) roots.size() * BYTES);
    }
  }

  private static Callable<Void> pinned(IpfsNode node, Cid root) {
    return () -> {
      node.pin(root, PIN, LIMIT, within(), PinProgress.NONE);
      return null;
    };
  }

  private static void connect(FreshKubo from, FreshKubo to) throws IOException {
    NodeId id = to.client().id(within());
    from.client().connect(id.at(id.reachedAt(List.of()).getFirst()), within());
  }

  /** On all peers, pinned. */
  private static List<Cid> store(List<FreshKubo> peers, int images) throws Exception {
    Random random = new Random(1);
    List<Cid> roots = new ArrayList<>();
    byte[] content = new byte[BYTES];
    while (roots.size() < images) {
      List<byte[]> batch = new ArrayList<>();
      for (int i = 0; i < Math.min(IMPORTED_AT_ONCE, images - roots.size()); i++) {
        random.nextBytes(content);
        batch.add(content.clone());
      }
      List<Cid> its = new ArrayList<>();
      for (FreshKubo peer : peers) {
        its.clear();
        peer.client()
            .importCar(
                sink -> {
                  for (byte[] image : batch) {
                    its.add(UnixFsFileBuilder.build(image, sink).cid());
                  }
                },
                within());
      }
      roots.addAll(its);
    }
    for (FreshKubo peer : peers) {
      IpfsNode node = peer.client();
      Parallel.run(AT_ONCE, roots.stream().map(root -> pinned(node, root)).toList());
    }
    return roots;
  }

  private static Deadline within() {
    return Deadline.after(LIMIT);
  }

  private static String settings(
      Path folder, String kafka, List<Integer> ports, List<FreshKubo> peers) {
    StringBuilder settings =
        new StringBuilder(
            """
            home: %s
            kafka:
              bootstrap-servers: ["%s"]
            pinner:
              listen: 127.0.0.1:%d
              grpc-listen: 127.0.0.1:%d
              copies-per-peer: %d
              scrub-rate: 0
            health:
              listen: 127.0.0.1:%d
            peers:
            """
                .formatted(
                    folder.resolve("home"),
                    kafka,
                    ports.get(2),
                    ports.get(3),
                    AT_ONCE,
                    ports.get(4)));
    for (int n = 1; n <= peers.size(); n++) {
      settings.append(
          "  - {name: peer-%d, zone: site-%d, rpc: '%s', gateway: '%s'}\n"
              .formatted(
                  n, n, peers.get(n - 1).settings().rpc(), peers.get(n - 1).settings().gateway()));
    }
    return settings.toString();
  }
}
