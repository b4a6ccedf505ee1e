/** A site's client for its hub: TLS, requests, and signed answers. */
@NullMarked
package dev.longshore.resolver.site.hub;

import org.jspecify.annotations.NullMarked;
