package dev.longshore.bench.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A site's node at the far end of a line: its own Kubo, of a swarm of its own, and its service. */
final class Site implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration JOIN = Duration.ofMinutes(3);
  private static final List<String> MEMORY = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=128m");
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int BUFFER = 1 << 20;

  private final FarEnd end;
  private final int port;
  private final int rpc;
  private final RunningProgram kubo;
  private final RunningProgram service;

  private Site(FarEnd end, int port, int rpc, RunningProgram kubo, RunningProgram service) {
    this.end = end;
    this.port = port;
    this.rpc = rpc;
    this.kubo = kubo;
    this.service = service;
  }

  /**
   * Lets it join, and starts it.
   *
   * @param join what is typed at the site
   * @param hub where it reaches the hub
   */
  static Site start(Tools tools, Path folder, Line line, List<String> join, URI hub)
      throws IOException, InterruptedException {
    return start(tools, folder, line, join, hub, Near.NONE);
  }

  /**
   * Its neighbors.
   *
   * @param node its name within the site
   * @param ports where it and the others listen for each other, its own first; none without others
   */
  record Near(String node, List<Integer> ports) {
    static final Near NONE = new Near("main", List.of());

    private List<String> settings() {
      if (ports.isEmpty()) {
        return List.of();
      }
      return List.of(
          "--set",
          "site.neighbors.listen=127.0.0.1:" + ports.getFirst(),
          "--set",
          "site.neighbors.nodes="
              + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
    }
  }

  /** The same with neighbors. */
  static Site start(Tools tools, Path folder, Line line, List<String> join, URI hub, Near near)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<Integer> ports = FreePorts.find(6);
    FarEnd end = FarEnd.of(line.namespace());
    RunningProgram kubo = kubo(tools, folder.resolve("kubo"), line, ports);
    try {
      List<String> typed = typed(join, hub, folder, ports);
      typed.addAll(List.of("--node", near.node()));
      join(folder, line, typed);
      return new Site(end, ports.get(3), ports.get(0), kubo, service(folder, line, ports, near));
    } catch (IOException | InterruptedException | RuntimeException e) {
      kubo.close();
      end.close();
      throw e;
    }
  }

  private static RunningProgram kubo(Tools tools, Path repository, Line line, List<Integer> ports)
      throws IOException, InterruptedException {
    new KuboSettings(
            KuboIdentity.generate(),
            KuboPorts.loopback(ports.get(0), ports.get(1), ports.get(2)),
            KuboSettings.STORAGE_MAX,
            Optional.empty())
        .writeRepository(repository, SwarmKey.generate(new SecureRandom()));
    Program near =
        new Kubo(tools.path("ipfs"), repository)
            .daemon("the site's Kubo", repository.resolveSibling("kubo.log"));
    return new Program(
            near.name(),
            Command.of(line.at(near.command().line())).with(near.command().environment()),
            near.log(),
            near.ready(),
            near.limit())
        .start();
  }

  private static List<String> typed(List<String> join, URI hub, Path folder, List<Integer> ports) {
    List<String> typed = new ArrayList<>(join);
    typed.set(2, hub.toString());
    typed.addAll(
        List.of(
            "--kubo",
            "http://127.0.0.1:" + ports.get(0),
            "--gateway",
            "http://127.0.0.1:" + ports.get(1),
            "--kubo-repository",
            folder.resolve("kubo").toString(),
            "--config",
            folder.resolve("site.yaml").toString()));
    return typed;
  }

  private static void join(Path folder, Line line, List<String> typed)
      throws IOException, InterruptedException {
    List<String> command = Jvm.command(List.of("-Xmx128m"), "dev.longshore.app.Main");
    command.addAll(typed);
    Command.of(line.at(command)).with(home(folder)).within(JOIN).run();
  }

  private static Map<String, String> home(Path folder) {
    return Map.of("LONGSHORE_HOME", folder.toString());
  }

  private static RunningProgram service(Path folder, Line line, List<Integer> ports, Near near)
      throws IOException, InterruptedException {
    List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
    command.addAll(
        List.of(
            "service",
            "site",
            "--config",
            folder.resolve("site.yaml").toString(),
            "--set",
            "resolver.listen=127.0.0.1:" + ports.get(3),
            "--set",
            "resolver.grpc-listen=127.0.0.1:" + ports.get(4),
            "--set",
            "health.listen=127.0.0.1:" + ports.get(5)));
    command.addAll(near.settings());
    return new Program(
            "the site",
            Command.of(line.at(command)).with(home(folder)),
            folder.resolve("site.log"),
            Ready.says("site is ready"),
            START)
        .start();
  }

  /** Where runtimes at the far end reach it. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** What it answers to a runtime that asks for a manifest; 404 while it does not serve it. */
  int status(String repository, String reference) throws IOException, InterruptedException {
    return end.call(
        () -> {
          HttpURLConnection call = open("HEAD", repository, "manifests/" + reference);
          try {
            return call.getResponseCode();
          } finally {
            call.disconnect();
          }
        });
  }

  /**
   * Waits until it serves that.
   *
   * @param pause between two looks
   */
  void awaitServed(String repository, String reference, Duration pause, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long until = System.nanoTime() + limit.toNanos();
    while (status(repository, reference) != HttpURLConnection.HTTP_OK) {
      if (System.nanoTime() > until) {
        throw new TimeoutException(
            "the site does not serve %s:%s within %s; its log is %s"
                .formatted(repository, reference, limit, service.log()));
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  /** Image DAGs that its node has whole: a site pins one once all its blocks are there. */
  int held() throws IOException, InterruptedException {
    return end.call(
        () -> {
          URI address =
              URI.create("http://127.0.0.1:%d/api/v0/pin/ls?type=recursive".formatted(rpc));
          HttpURLConnection call = (HttpURLConnection) address.toURL().openConnection();
          call.setRequestMethod("POST");
          call.setConnectTimeout(TIMEOUT_MILLIS);
          call.setReadTimeout(TIMEOUT_MILLIS);
          try (InputStream in = call.getInputStream()) {
            return new ObjectMapper().readTree(in).path("Keys").size();
          } finally {
            call.disconnect();
          }
        });
  }

  /**
   * Waits until it holds so many. What it serves says less: it serves what it does not hold yet,
   * and fetches what is asked for.
   *
   * @param pause between two looks
   */
  void awaitHeld(int dags, Duration pause, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long until = System.nanoTime() + limit.toNanos();
    while (held() < dags) {
      if (System.nanoTime() > until) {
        throw new TimeoutException(
            "the site holds %d of %d images within %s; its log is %s"
                .formatted(held(), dags, limit, service.log()));
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  /** Reads something of a repository to its end, as a runtime does. */
  byte[] read(String repository, String what) throws IOException, InterruptedException {
    return end.call(
        () -> {
          HttpURLConnection call = open("GET", repository, what);
          try (InputStream in = call.getInputStream()) {
            return in.readAllBytes();
          } finally {
            call.disconnect();
          }
        });
  }

  /** The same, and keeps nothing of it; the number of bytes. */
  long pull(String repository, String what) throws IOException, InterruptedException {
    return end.call(
        () -> {
          HttpURLConnection call = open("GET", repository, what);
          long bytes = 0;
          byte[] buffer = new byte[BUFFER];
          try (InputStream in = call.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              bytes += n;
            }
            return bytes;
          } finally {
            call.disconnect();
          }
        });
  }

  private HttpURLConnection open(String method, String repository, String what) throws IOException {
    URI address = URI.create("http://127.0.0.1:%d/v2/%s/%s".formatted(port, repository, what));
    HttpURLConnection call = (HttpURLConnection) address.toURL().openConnection();
    call.setRequestMethod(method);
    call.setRequestProperty("Accept", "*/*");
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    return call;
  }

  /** What it took so far. */
  Cpu cpu() {
    return new Cpu(
        0,
        0,
        new ProcessTree(service.process()).cpuSeconds(),
        new ProcessTree(kubo.process()).cpuSeconds());
  }

  /** Bytes that the service and its Kubo have resident together. */
  long residentBytes() throws IOException {
    return new ProcessTree(service.process()).residentBytes()
        + new ProcessTree(kubo.process()).residentBytes();
  }

  /** The service. */
  RunningProgram program() {
    return service;
  }

  @Override
  public void close() {
    service.close();
    kubo.close();
    end.close();
  }
}
