package dev.longshore.bench.edge;

import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.parts.Shell;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.resolver.hub.access.SigningKeys;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A resolver with TLS that is a hub, in a process of its own. */
final class HubProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(10);

  private final Path folder;
  private final InetSocketAddress address;
  private final RunningProgram program;
  private final String kafka;

  private HubProcess(Path folder, InetSocketAddress address, String kafka, RunningProgram program) {
    this.folder = folder;
    this.kafka = kafka;
    this.address = address;
    this.program = program;
  }

  /**
   * What it works with.
   *
   * @param kafka address of a broker
   * @param resolver lines of the resolver's section, as its Kubo
   * @param groups lines of the sites' groups
   */
  record Surroundings(String host, String kafka, String resolver, String groups) {}

  /** Starts it. Its certificate is its own authority. */
  static HubProcess start(Path folder, List<String> memory, Surroundings around)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<Integer> ports = FreePorts.find(3);
    certificate(folder, around.host());
    Files.writeString(config(folder), settings(folder, ports, around));
    List<String> command = Jvm.command(memory, "dev.longshore.app.Main");
    command.addAll(List.of("service", "resolver", "--config", config(folder).toString()));
    Program program =
        new Program(
            "hub",
            Command.of(command).with(Map.of("LONGSHORE_HOME", folder.toString())),
            folder.resolve("hub.log"),
            Ready.says("resolver is ready"),
            START);
    return new HubProcess(
        folder,
        new InetSocketAddress(around.host(), ports.getFirst()),
        around.kafka(),
        program.start());
  }

  private static Path config(Path folder) {
    return folder.resolve("hub.yaml");
  }

  private static void certificate(Path folder, String host)
      throws IOException, InterruptedException {
    Shell.run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=hub",
            "-addext",
            "subjectAltName=IP:" + host,
            "-keyout",
            folder.resolve("key.pem").toString(),
            "-out",
            folder.resolve("certificate.pem").toString()),
        Map.of());
  }

  private static String settings(Path folder, List<Integer> ports, Surroundings around) {
    return """
    home: '%s'
    kafka:
      bootstrap-servers: ["%s"]
    resolver:
      listen: %s:%d
      grpc-listen: 127.0.0.1:%d
      tls: {certificate-file: '%s', key-file: '%s'}
      # The line leads nowhere else.
      allow-anonymous: true
    %shealth:
      listen: 127.0.0.1:%d
    sites:
      url: https://%s:%d
      signing-key-file: '%s'
      groups:
    %s\
    """
        .formatted(
            folder.resolve("home"),
            around.kafka(),
            around.host(),
            ports.get(0),
            ports.get(1),
            folder.resolve("certificate.pem"),
            folder.resolve("key.pem"),
            around.resolver().indent(2),
            ports.get(2),
            around.host(),
            ports.get(0),
            folder.resolve("signing.pem"),
            around.groups().indent(4));
  }

  /** Where sites reach it. */
  InetSocketAddress address() {
    return address;
  }

  /** The same, or what stands in between. */
  URI url(int port) {
    return URI.create("https://" + address.getHostString() + ":" + port);
  }

  /** Its settings, for commands and for whoever adds many sites. */
  Path config() {
    return config(folder);
  }

  /** What it shows, in PEM; the authority too. */
  String certificate() throws IOException {
    return Files.readString(folder.resolve("certificate.pem"));
  }

  /** What signs its answers. */
  SigningKey key() throws IOException {
    return SigningKeys.open(folder.resolve("signing.pem"), List.of()).current();
  }

  /** Its broker. */
  String kafka() {
    return kafka;
  }

  RunningProgram program() {
    return program;
  }

  /** Adds a site; the arguments of the command that is to be typed there. */
  List<String> add(String site, String group) throws IOException, InterruptedException {
    String printed = command("site", "add", site, "--group", group);
    List<String> words = List.of(printed.lines().toList().getLast().split(" ", -1));
    return words.subList(1, words.size());
  }

  /** What a command says, in a JVM of its own. */
  String command(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(Jvm.command(List.of("-Xmx128m"), "dev.longshore.app.Main"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", config().toString()));
    return Shell.run(command, Map.of("LONGSHORE_HOME", folder.toString()));
  }

  @Override
  public void close() {
    program.close();
  }
}
