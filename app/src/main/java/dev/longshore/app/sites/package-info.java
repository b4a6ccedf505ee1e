/** A node of a site on this machine: its own Kubo, its settings, and those of a development run. */
@NullMarked
package dev.longshore.app.sites;

import org.jspecify.annotations.NullMarked;
