/** Turns a name, tag, digest or CID into content: which image is served, and what is inside it. */
@NullMarked
package dev.longshore.resolver.image;

import org.jspecify.annotations.NullMarked;
