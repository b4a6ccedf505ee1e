/**
 * From a name, tag, digest or CID to the content it stands for: which image is served, and what is
 * inside of it.
 */
@NullMarked
package dev.longshore.resolver.image;

import org.jspecify.annotations.NullMarked;
