/**
 * Descriptors and manifests of container images, and the port they are read through.
 *
 * <p>Values are immutable and free of I/O; text that does not fit gives an {@link
 * dev.longshore.model.OciFormatException}.
 */
@NullMarked
package dev.longshore.oci;

import org.jspecify.annotations.NullMarked;
