package dev.longshore.app.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import java.util.List;
import java.util.Map;

/**
 * What may happen to a container of the composition.
 *
 * @param name of its service, by which others know it
 */
record Part(DockerClient client, String name, String id) {
  /** The names of all that go on running. */
  static final List<String> ALL =
      List.of(
          "registry",
          "kafka",
          "kubo-1",
          "kubo-2",
          "kubo-3",
          "kubo-resolver",
          "watcher",
          "converter",
          "pinner",
          "resolver");

  private static final int STOP_SECONDS = 30;

  /** Sends SIGTERM and waits for the end; returns the exit code. */
  int stop() {
    client.stopContainerCmd(id).withTimeout(STOP_SECONDS).exec();
    return inspect().getState().getExitCodeLong().intValue();
  }

  void kill() {
    client.killContainerCmd(id).exec();
  }

  /** Starts it again where it was. */
  void start() {
    client.startContainerCmd(id).exec();
  }

  void pause() {
    client.pauseContainerCmd(id).exec();
  }

  void goOn() {
    client.unpauseContainerCmd(id).exec();
  }

  /** Takes it out of its only network; returns which. */
  String cutOff() {
    Map<String, ContainerNetwork> networks = inspect().getNetworkSettings().getNetworks();
    String network = networks.keySet().iterator().next();
    client.disconnectFromNetworkCmd().withContainerId(id).withNetworkId(network).exec();
    return network;
  }

  void connect(String network) {
    client
        .connectToNetworkCmd()
        .withContainerId(id)
        .withNetworkId(network)
        .withContainerNetwork(new ContainerNetwork().withAliases(name))
        .exec();
  }

  /** The composition that it belongs to. */
  String project() {
    return inspect().getConfig().getLabels().get("com.docker.compose.project");
  }

  private InspectContainerResponse inspect() {
    return client.inspectContainerCmd(id).exec();
  }
}
