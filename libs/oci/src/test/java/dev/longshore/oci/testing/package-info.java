/**
 * For tests that need images: the registry in memory, failures on demand, the suite that every
 * {@link dev.longshore.oci.source.ImageSource} passes, and a real registry to start.
 */
@NullMarked
package dev.longshore.oci.testing;

import org.jspecify.annotations.NullMarked;
