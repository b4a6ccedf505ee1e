/** Which groups of sites a hub has, and what each keeps. */
@NullMarked
package dev.longshore.resolver.hub.settings;

import org.jspecify.annotations.NullMarked;
