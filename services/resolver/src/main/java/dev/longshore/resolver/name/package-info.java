/** Parses paths of the registry and the subjects of look-ups. */
@NullMarked
package dev.longshore.resolver.name;

import org.jspecify.annotations.NullMarked;
