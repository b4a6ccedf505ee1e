/** The groups of sites of a hub, and what each keeps. */
@NullMarked
package dev.longshore.resolver.hub.settings;

import org.jspecify.annotations.NullMarked;
