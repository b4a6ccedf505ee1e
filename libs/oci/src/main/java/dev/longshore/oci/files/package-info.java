/** Images in files: OCI layout folders and the tars that {@code docker save} and nerdctl write. */
@NullMarked
package dev.longshore.oci.files;

import org.jspecify.annotations.NullMarked;
