package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;

/** A containerd whose images are mirrored, with its configuration. */
public record WatchedNode(ContainerdSettings settings, Containerd containerd) {}
