package dev.longshore.containerd;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.oci.RegistryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * A containerd whose images are mirrored: its socket, and the namespaces that are named.
 *
 * @param node the containerd's configured name
 * @param namespaces that images are expected in
 */
public record ContainerdCheck(String node, Path socket, List<String> namespaces, Clock clock)
    implements Check {
  public ContainerdCheck {
    socket = socket.toAbsolutePath();
    namespaces = List.copyOf(namespaces);
  }

  @Override
  public String part() {
    return "containerd " + node;
  }

  @Override
  public void look(Findings findings) {
    String tried = "ask " + socket + " for its namespaces";
    if (!Files.exists(socket)) {
      findings.wrong(
          tried, "there is no such socket", "start containerd, or correct socket of " + part());
      return;
    }
    if (!Files.isWritable(socket)) {
      findings.wrong(
          tried,
          "this user may not write to it",
          "run watcher and converter in the socket's group, or as root");
      return;
    }
    try (Containerd asked = GrpcContainerd.at(node, socket, clock)) {
      List<String> known = asked.namespaces();
      findings.fine(tried, String.join(", ", known));
      for (String wanted : namespaces) {
        if (!known.contains(wanted)) {
          findings.warning(
              "look for namespace " + wanted,
              "it is not there",
              "correct namespaces of %s, unless images come there later".formatted(part()));
        }
      }
    } catch (RegistryException e) {
      findings.wrong(tried, e.reason(), "see that containerd runs: " + e.kind().advice());
    }
  }
}
