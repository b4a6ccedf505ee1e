package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;
import dev.longshore.runtime.config.ContainerdSettings;

/** A containerd whose images are mirrored, with what the configuration says of it. */
public record WatchedNode(ContainerdSettings settings, Containerd containerd) {}
