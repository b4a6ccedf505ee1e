/** What a path of the registry, or a text that someone looks up, names. */
@NullMarked
package dev.longshore.resolver.name;

import org.jspecify.annotations.NullMarked;
