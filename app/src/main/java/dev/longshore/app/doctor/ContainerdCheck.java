package dev.longshore.app.doctor;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.GrpcContainerd;
import dev.longshore.oci.RegistryException;
import dev.longshore.watcher.ContainerdSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A containerd whose images are mirrored: its socket, and the namespaces that are named. */
record ContainerdCheck(ContainerdSettings settings, Clock clock) implements Check {
  @Override
  public String part() {
    return "containerd " + settings.name();
  }

  @Override
  public void look(Findings findings) {
    Path socket = settings.socket().toAbsolutePath();
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
    try (Containerd node = GrpcContainerd.at(settings.name(), socket, clock)) {
      List<String> known = node.namespaces();
      findings.fine(tried, String.join(", ", known));
      for (String wanted : settings.namespaces()) {
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
