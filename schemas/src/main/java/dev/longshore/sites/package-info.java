/** What sites and hubs send each other over HTTP. */
@NullMarked
package dev.longshore.sites;

import org.jspecify.annotations.NullMarked;
