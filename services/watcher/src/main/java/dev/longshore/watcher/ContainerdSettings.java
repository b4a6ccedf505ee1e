package dev.longshore.watcher;

import dev.longshore.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A containerd whose images Longshore mirrors. */
public record ContainerdSettings(
    @Setting(
            unique = "name",
            doc = "the node's name in its images' names: containerd/NAME/NAMESPACE/...")
        String name,
    @Setting(
            value = "/run/containerd/containerd.sock",
            doc = "its Unix socket; watcher and converter both need it")
        Path socket,
    @Setting(value = "[]", doc = "namespaces to follow; all if empty") List<String> namespaces,
    @Setting(
            value = "[\"localhost:5050\", \"127.0.0.1:5050\"]",
            doc =
                "hosts under which the node pulls from a resolver of Longshore; images from there"
                    + " are not mirrored again")
        List<String> ownHosts,
    @Setting(
            value = "5m",
            doc =
                "pause between two listings of all images, which find changes without an"
                    + " event")
        Duration interval) {
  public ContainerdSettings {
    namespaces = List.copyOf(namespaces);
    ownHosts = List.copyOf(ownHosts);
    if (!name.matches("[a-z0-9]+(?:[._-][a-z0-9]+)*")) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: a-z and 0-9, separated by one of . _ -)");
    }
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("interval: expected more than 0s");
    }
  }
}
