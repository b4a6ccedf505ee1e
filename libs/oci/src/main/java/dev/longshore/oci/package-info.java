/**
 * Descriptors and manifests of container images, and the port for reading them.
 *
 * <p>Values are immutable and free of I/O; invalid text gives an {@link
 * dev.longshore.model.OciFormatException}.
 */
@NullMarked
package dev.longshore.oci;

import org.jspecify.annotations.NullMarked;
