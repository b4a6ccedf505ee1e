package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;

/** A containerd whose images are mirrored, with what the configuration says of it. */
public record WatchedNode(ContainerdSettings settings, Containerd containerd) {}
