/**
 * The HTTP edge of a service: an event loop accepts requests, and a virtual thread answers each.
 */
@NullMarked
package dev.longshore.runtime.edge.http;

import org.jspecify.annotations.NullMarked;
