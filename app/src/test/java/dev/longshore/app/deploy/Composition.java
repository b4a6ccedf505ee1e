package dev.longshore.app.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.longshore.programs.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.LogUtils;

/**
 * The containers of deploy/compose without those that only show how it goes, on ports of their own,
 * from images that deploy/images makes. Below {@code modes} images are made plain, eStargz and
 * encrypted.
 */
final class Composition implements AutoCloseable {
  private static final Path ROOT =
      Path.of(System.getProperty("longshore.root")).toAbsolutePath().normalize();
  private static final Path LOGS = Path.of("target", "compose-logs");

  /** Four times as long as it takes beside other tests on two cores. */
  private static final Duration START = Duration.ofMinutes(6);

  /** Of a log, the latest first. */
  private static final int LAST_LINES = 10;

  /**
   * Ten probes, each a process in its container: at 4 s they took as much as all that they look at.
   */
  private static final String HEALTH_INTERVAL = "8s";

  private final Path folder;
  private final int ports = ComposePorts.find();
  private final Docker docker;
  private final DockerClient client;
  private final List<Path> files;
  private final Map<String, String> environment;
  private final ComposeContainer containers;

  private Composition(Path folder, Docker docker) throws Exception {
    this.folder = folder;
    this.docker = docker;
    this.client = DockerClientFactory.instance().client();
    Path compose = ROOT.resolve("deploy/compose");
    this.files =
        List.of(
            compose.resolve("compose.yaml"),
            compose.resolve("compose.local.yaml"),
            ComposeSettings.write(folder, compose.resolve("longshore.yaml"), host()));
    this.environment =
        Stream.concat(
                docker.environment().entrySet().stream(),
                Map.of("PORTS", Integer.toString(ports), "HEALTH_INTERVAL", HEALTH_INTERVAL)
                    .entrySet()
                    .stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    this.containers =
        new ComposeContainer("longshore", files.stream().map(Path::toFile).toArray(File[]::new))
            .withPull(false)
            .withRemoveVolumes(false)
            .withEnv(environment)
            .withServices(Part.ALL.toArray(String[]::new))
            .withStartupTimeout(START);
    Part.ALL.forEach(
        part -> containers.waitingFor(only(part), Wait.forHealthcheck().withStartupTimeout(START)));
  }

  static Composition start(Path folder) throws Exception {
    Docker docker = Docker.start();
    try {
      for (String line : build(folder).lines().toList()) {
        docker.load(Path.of(line.substring(line.indexOf('\t') + 1, line.lastIndexOf('\t'))));
      }
    } catch (Exception | AssertionError e) {
      docker.close();
      throw e;
    }
    Composition composition = new Composition(folder, docker);
    try {
      composition.up();
      return composition;
    } catch (RuntimeException e) {
      String containers = composition.containers();
      composition.close();
      throw new AssertionError("not all of these became healthy:\n" + containers, e);
    }
  }

  /** A line for each container, and behind those that are not as they should be why. */
  private String containers() {
    StringBuilder all = new StringBuilder();
    for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
      all.append(container.getNames()[0]).append(": ").append(container.getStatus()).append('\n');
      if (!String.valueOf(container.getStatus()).contains("(healthy)")) {
        LogUtils.getOutput(client, container.getId()).lines().toList().reversed().stream()
            .limit(LAST_LINES)
            .forEach(line -> all.append("    ").append(line).append('\n'));
      }
    }
    return all.toString();
  }

  /** A line for each image; its second field is the file. */
  private static String build(Path folder) throws IOException, InterruptedException {
    String images = folder.resolve("images").toString();
    String program = ROOT.resolve("deploy/images/build").toString();
    Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
    return Command.of(List.of(program, "--as-built", "--output", images))
        .with(jdk)
        .in(folder)
        .run("longshore", "kubo", "registry", "kafka");
  }

  /** The registry in the names of its images. */
  String host() {
    return "localhost:" + ports + "55";
  }

  /** {@code host:port}. */
  String registry() {
    return "127.0.0.1:" + ports + "55";
  }

  /** {@code host:port}. */
  String resolver() {
    return "127.0.0.1:" + ports + "50";
  }

  /** Starts what does not run, and returns when all of it is healthy. */
  void up() {
    containers.start();
  }

  /** Ends all containers and keeps their volumes. */
  void down() throws IOException {
    keepLogs();
    containers.stop();
  }

  /** {@code docker compose run longshore}. */
  Command.Ended command(String... arguments) throws IOException, InterruptedException {
    String project = part("kafka").project();
    Stream<String> options =
        Stream.concat(
            Stream.of("--project-name", project),
            files.stream().flatMap(file -> Stream.of("--file", file.toString())));
    List<String> run =
        Stream.concat(options, Stream.of("run", "--rm", "--no-deps", "-T", "longshore")).toList();
    return docker.compose(folder, environment, run).tryTo(arguments);
  }

  /** The container of one of {@link Part#ALL}. */
  Part part(String name) {
    ContainerState container =
        container(name).orElseThrow(() -> new IllegalArgumentException("no container of " + name));
    return new Part(client, name, container.getContainerId());
  }

  private Optional<ContainerState> container(String part) {
    return containers.getContainerByServiceName(only(part));
  }

  /** The container of a service: without a number, {@code kubo-1} would be the first of kubo. */
  private static String only(String part) {
    return part + "-1";
  }

  /** Into the build folder, also of containers that ended before all were up: they explain it. */
  private void keepLogs() throws IOException {
    Files.createDirectories(LOGS);
    for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
      String part = container.getLabels().get("com.docker.compose.service");
      if (part != null) {
        Files.writeString(
            LOGS.resolve(part + ".log"), LogUtils.getOutput(client, container.getId()));
      }
    }
  }

  @Override
  public void close() throws Exception {
    try {
      down();
    } finally {
      docker.close();
    }
  }
}
