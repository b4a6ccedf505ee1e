package dev.longshore.bench.edge;

import dev.longshore.programs.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A site's line: a pair of network devices, the far one in its own network namespace, which nothing
 * else reaches. Packets are as large as on a line with an MTU of 1,500, so that its counters
 * include all headers.
 */
final class Line implements AutoCloseable {
  private static final String PREFIX = "lsedge";
  private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]+)");
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Path SUPERUSER_NEEDED = Path.of("/proc/self/status");

  /** Packets under one header: what a line without help of its cards has. */
  static final int ONE = 1;

  /** The same where cards cut and join packets, as all do that are fast enough to matter. */
  static final int BY_CARD = 44;

  /** Bytes at once, and milliseconds that packets may wait: those of a small router. */
  private static final List<String> QUEUE = List.of("burst", "32kb", "latency", "400ms");

  private final String name;
  private final String near;
  private final String far;
  private final String subnet;

  private Line(long pid) {
    this.name = PREFIX + pid;
    this.near = "lse" + pid + "a";
    this.far = "lse" + pid + "b";
    this.subnet = "10.231." + pid % 254 + ".";
  }

  /** Why there can be none here; empty if there can. */
  static Optional<String> objection() throws IOException {
    boolean root =
        Files.readAllLines(SUPERUSER_NEEDED).stream()
            .anyMatch(line -> line.startsWith("Uid:") && line.split("\\s+", -1)[2].equals("0"));
    return root
        ? Optional.empty()
        : Optional.of("network namespaces need root: run it as root, or with sudo");
  }

  /** Makes it, without a limit, after what a killed benchmark left was removed. */
  static Line open() throws IOException, InterruptedException {
    removeLeftovers();
    Line line = new Line(ProcessHandle.current().pid());
    Runtime.getRuntime().addShutdownHook(new Thread(line::close));
    try {
      line.make();
      return line;
    } catch (IOException | InterruptedException | RuntimeException e) {
      line.close();
      throw e;
    }
  }

  private void make() throws IOException, InterruptedException {
    ip("netns", "add", name);
    ip("link", "add", near, "type", "veth", "peer", "name", far);
    ip("link", "set", far, "netns", name);
    ip("addr", "add", subnet + "1/24", "dev", near);
    inside("ip", "addr", "add", subnet + "2/24", "dev", far);
    // IPv6 would send packets of its own.
    inside("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/" + far + "/disable_ipv6");
    Files.writeString(Path.of("/proc/sys/net/ipv6/conf", near, "disable_ipv6"), "1");
    packetsAtOnce(ONE);
    ip("link", "set", near, "up");
    inside("ip", "link", "set", far, "up");
    inside("ip", "link", "set", "lo", "up");
  }

  /**
   * How many packets the kernel passes on under one header. One each is what a line carries, and
   * what its counters are to have; it takes CPU that a network card spares.
   */
  void packetsAtOnce(int packets) throws IOException, InterruptedException {
    String most = Integer.toString(packets);
    ip("link", "set", near, "gso_max_segs", most);
    inside("ip", "link", "set", far, "gso_max_segs", most);
  }

  /** The hub's address on it. */
  String hubAddress() {
    return subnet + "1";
  }

  /** The namespace's file. */
  Path namespace() {
    return NAMESPACES.resolve(name);
  }

  /** Limits each direction. */
  void limit(double megabits) throws IOException, InterruptedException {
    unlimited();
    List<String> tbf = new ArrayList<>(List.of("root", "tbf", "rate", megabits + "mbit"));
    tbf.addAll(QUEUE);
    Command.of("tc", "qdisc", "add", "dev", near).with(tbf.toArray(String[]::new)).run();
    inside(
        Command.of("tc", "qdisc", "add", "dev", far)
            .with(tbf.toArray(String[]::new))
            .line()
            .toArray(String[]::new));
  }

  /** Ends a limit, if there is one. */
  void unlimited() throws IOException, InterruptedException {
    // Fails where there is none.
    var _ = Command.of("tc", "qdisc", "del", "dev", near, "root").tryTo();
    var _ =
        Command.of("ip", "netns", "exec", name, "tc", "qdisc", "del", "dev", far, "root").tryTo();
  }

  /** What went over it so far. */
  LineBytes count() throws IOException {
    return new LineBytes(
        counter("tx_bytes") + counter("rx_bytes"), counter("tx_packets") + counter("rx_packets"));
  }

  private long counter(String which) throws IOException {
    return Long.parseLong(
        Files.readString(Path.of("/sys/class/net", near, "statistics", which)).strip());
  }

  /** A command line that runs at its far end. */
  List<String> at(List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(command);
    return all;
  }

  private void inside(String... command) throws IOException, InterruptedException {
    Command.of(at(List.of(command))).run();
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    Command.of("ip", arguments).run();
  }

  /** Those of benchmarks that run no longer. */
  private static void removeLeftovers() throws IOException, InterruptedException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    List<Long> dead = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(NAMESPACES, PREFIX + "*")) {
      for (Path each : all) {
        Matcher known = NAME.matcher(each.getFileName().toString());
        if (known.matches() && ProcessHandle.of(Long.parseLong(known.group(1))).isEmpty()) {
          dead.add(Long.parseLong(known.group(1)));
        }
      }
    }
    dead.forEach(pid -> new Line(pid).close());
  }

  /** Ends what runs there, and removes the namespace, and with it both devices. */
  @Override
  public void close() {
    try {
      Command.of("ip", "netns", "pids", name)
          .tryTo()
          .out()
          .lines()
          .map(String::strip)
          .filter(pid -> pid.matches("[0-9]+"))
          .forEach(
              pid ->
                  ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
      var _ = Command.of("ip", "link", "del", near).tryTo();
      var _ = Command.of("ip", "netns", "del", name).tryTo();
    } catch (IOException e) {
      throw new UncheckedIOException("removing the namespace " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
