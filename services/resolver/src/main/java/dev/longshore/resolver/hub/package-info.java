/** A hub's answers to sites: changes and blocks. */
@NullMarked
package dev.longshore.resolver.hub;

import org.jspecify.annotations.NullMarked;
