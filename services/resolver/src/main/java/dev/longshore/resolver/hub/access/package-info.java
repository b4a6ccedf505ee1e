/** Who may speak to a hub: joining, credentials, and the keys that sign what a hub says. */
@NullMarked
package dev.longshore.resolver.hub.access;

import org.jspecify.annotations.NullMarked;
