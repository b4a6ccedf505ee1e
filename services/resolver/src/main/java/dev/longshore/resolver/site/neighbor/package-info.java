/** The nodes of one site among themselves: who they are, who fetches, and what they give. */
@NullMarked
package dev.longshore.resolver.site.neighbor;

import org.jspecify.annotations.NullMarked;
