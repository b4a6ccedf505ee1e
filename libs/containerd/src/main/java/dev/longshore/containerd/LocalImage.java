package dev.longshore.containerd;

import dev.longshore.oci.Descriptor;

/**
 * A name in a containerd and its current target.
 *
 * @param name as containerd has it, such as {@code docker.io/library/alpine:3.20}
 * @param target media type, digest and size of a manifest or index
 */
public record LocalImage(String name, Descriptor target) {}
