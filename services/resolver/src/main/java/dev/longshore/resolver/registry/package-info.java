/**
 * The read-only registry: parses requests of the OCI distribution specification, with one handler
 * per endpoint.
 */
@NullMarked
package dev.longshore.resolver.registry;

import org.jspecify.annotations.NullMarked;
