package dev.longshore.bench.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.bench.Bench;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.DelayProxy;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.bench.parts.Shell;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.programs.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * A centre with registry, Kafka and peers, a hub beside it, and a line on which sites are, one
 * after another.
 */
final class Rig implements AutoCloseable {
  private static final List<String> HUB_MEMORY =
      List.of("-Xmx256m", "-XX:MaxDirectMemorySize=128m");

  /** More than any image here takes on any line here. */
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final Bench bench;
  private final Path folder;
  private final Line line;
  private final LongshoreUp up;
  private final HubProcess hub;

  /** Those whose sites are at the end of a long line. */
  private final List<DelayProxy> proxies = new ArrayList<>();

  private Rig(Bench bench, Path folder, Line line, LongshoreUp up, HubProcess hub) {
    this.bench = bench;
    this.folder = folder;
    this.line = line;
    this.up = up;
    this.hub = hub;
  }

  /** Starts it all; each row's sites are a group that keeps that row's repositories. */
  static Rig start(Bench bench, Path folder, Collection<Row> rows)
      throws IOException, InterruptedException {
    Line line = Line.open();
    LongshoreUp up = null;
    try {
      bench.report().progress("starting registry, Kafka, peers and a hub ...");
      up =
          LongshoreUp.start(
              folder.resolve("up"),
              List.of("rules.0.match=**/lazy/**", "rules.0.modes=plain,estargz"));
      StringBuilder groups = new StringBuilder();
      rows.forEach(row -> groups.append(row.group()));
      HubProcess hub =
          HubProcess.start(
              folder.resolve("hub"),
              HUB_MEMORY,
              new HubProcess.Surroundings(
                  line.hubAddress(),
                  "127.0.0.1:" + up.ports().kafka(),
                  """
                  default-registry: localhost:%d
                  kubo:
                    name: resolver
                    rpc: http://127.0.0.1:%d
                    gateway: http://127.0.0.1:%d
                  kubo-repository: '%s'
                  """
                      .formatted(
                          up.ports().registry(),
                          up.ports().kuboRpc(0),
                          up.ports().kuboGateway(0),
                          up.kubo()),
                  groups.toString()));
      return new Rig(bench, folder, line, up, hub);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (up != null) {
        up.close();
      }
      line.close();
      throw e;
    }
  }

  Bench bench() {
    return bench;
  }

  Line line() {
    return line;
  }

  HubProcess hub() {
    return hub;
  }

  /** What the programs of the centre took so far; a site's come on top. */
  Cpu cpu() {
    return new Cpu(
        up.processes().cpuSeconds(), new ProcessTree(hub.program().process()).cpuSeconds(), 0, 0);
  }

  /** A folder of its own. */
  Path folder(String name) {
    return folder.resolve(name);
  }

  /** A site of a row on a line without a limit, as near as this machine. */
  Site site(String row) throws IOException, InterruptedException {
    line.unlimited();
    return start(row, hub.url(hub.address().getPort()));
  }

  /** The same at a distance; the line is limited by whoever asks. */
  Site site(String row, Duration roundTrip) throws IOException, InterruptedException {
    line.unlimited();
    return start(row, hub.url(far(roundTrip)));
  }

  /**
   * So many nodes of one site, at a distance.
   *
   * @param into where each goes as it starts; whoever asks closes them
   */
  void nodes(String row, int count, Duration roundTrip, List<Site> into)
      throws IOException, InterruptedException {
    line.unlimited();
    URI url = hub.url(far(roundTrip));
    List<Integer> ports = FreePorts.find(count);
    for (int i = 0; i < count; i++) {
      bench.report().progress("%s: node %d of %d joins ...".formatted(row, i + 1, count));
      String node = "node-" + (i + 1);
      List<Integer> its = new ArrayList<>(ports.subList(i, count));
      its.addAll(ports.subList(0, i));
      into.add(
          Site.start(
              bench.tools(),
              folder.resolve("site-" + row + "-" + node),
              line,
              hub.add(row, row),
              url,
              new Site.Near(node, its)));
    }
  }

  /** A port of the hub's address from which the hub is so far away. */
  int far(Duration roundTrip) throws IOException {
    DelayProxy proxy = DelayProxy.to(hub.address(), roundTrip);
    proxies.add(proxy);
    return proxy.port();
  }

  private Site start(String row, URI url) throws IOException, InterruptedException {
    return start(row, row, url);
  }

  /** One more site of a row, as near as this machine. */
  Site another(String row, int number) throws IOException, InterruptedException {
    line.unlimited();
    return start(row + "-" + number, row, hub.url(hub.address().getPort()));
  }

  private Site start(String site, String row, URI url) throws IOException, InterruptedException {
    bench.report().progress(site + ": a site joins ...");
    return Site.start(bench.tools(), folder.resolve("site-" + site), line, hub.add(site, row), url);
  }

  /** A repository of a row. */
  RepositoryName name(Row row, String repository) {
    return up.name(row.name() + (row.lazy() ? "/lazy/" : "/whole/") + repository);
  }

  /** How a site's registry has it. */
  static String path(RepositoryName name) {
    return name.host().pathForm() + "/" + name.repository();
  }

  /** Pushes without waiting. */
  void push(BigImage image, RepositoryName name, String tag) throws RegistryException {
    var _ = up.push(image, name, tag);
  }

  /** Waits until the centre has all copies of it. */
  LongshoreUp.Mirrored awaitCopies(BigImage image, String mode)
      throws IOException, InterruptedException, TimeoutException {
    return up.awaitCopies(image.manifest().digest().toString(), mode);
  }

  /** Waits until the site's node has so many images, each with all of its blocks. */
  static void awaitHeld(Site site, int images)
      throws IOException, InterruptedException, TimeoutException {
    site.awaitHeld(images, LOOK, LIMIT);
  }

  /** Waits until the site serves it. */
  static void awaitAt(Site site, Row row, RepositoryName name, String tag)
      throws IOException, InterruptedException, TimeoutException {
    site.awaitServed(path(name), row.lazy() ? tag + "-estargz" : tag, LOOK, LIMIT);
  }

  /** Bytes of the blocks of a DAG, each once. */
  long blockBytes(LongshoreUp.Mirrored image) throws IOException, InterruptedException {
    String said =
        Shell.run(
            List.of(
                bench.tools().path("ipfs").toString(),
                "--api",
                "/ip4/127.0.0.1/tcp/" + up.ports().kuboRpc(0),
                "dag",
                "stat",
                "--progress=false",
                "--enc=json",
                image.dag()),
            Map.of());
    return new ObjectMapper().readTree(said).path("TotalSize").asLong();
  }

  @Override
  public void close() {
    hub.close();
    for (DelayProxy proxy : proxies) {
      try {
        proxy.close();
      } catch (IOException e) {
        bench.report().progress("closing a proxy: " + e.getMessage());
      }
    }
    up.close();
    line.close();
  }
}
