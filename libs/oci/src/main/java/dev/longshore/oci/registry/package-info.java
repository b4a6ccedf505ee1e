/**
 * The client of a registry's HTTP API (distribution spec), for reading and for pushing, and the
 * settings file of the CNCF registry. Never follows a url from content.
 */
@NullMarked
package dev.longshore.oci.registry;

import org.jspecify.annotations.NullMarked;
