/** Who calls, and what they may do: credentials, tokens, certificates, and the rights of each. */
@NullMarked
package dev.longshore.runtime.edge.access;

import org.jspecify.annotations.NullMarked;
