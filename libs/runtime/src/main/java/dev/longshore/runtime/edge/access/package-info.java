/** Identifies callers and their rights: by credentials, tokens and certificates. */
@NullMarked
package dev.longshore.runtime.edge.access;

import org.jspecify.annotations.NullMarked;
