/** What a resolver that is a hub answers to sites: what is new for them, and its blocks. */
@NullMarked
package dev.longshore.resolver.hub;

import org.jspecify.annotations.NullMarked;
