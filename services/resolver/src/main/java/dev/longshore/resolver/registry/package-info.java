/**
 * The read-only registry: requests of the OCI distribution specification, parsed before anything is
 * done, one handler an endpoint.
 */
@NullMarked
package dev.longshore.resolver.registry;

import org.jspecify.annotations.NullMarked;
