/**
 * The operations page: what the commands show and decide, in a browser. It has no knowledge of its
 * own; its files are the resources in {@code ops}.
 */
@NullMarked
package dev.longshore.app.ops;

import org.jspecify.annotations.NullMarked;
