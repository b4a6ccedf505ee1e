/** The domain's values: digests, CIDs, names of images, platforms, modes. No I/O. */
@NullMarked
package dev.longshore.model;

import org.jspecify.annotations.NullMarked;
