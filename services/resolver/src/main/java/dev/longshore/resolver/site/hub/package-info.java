/** How a site speaks with its hub: TLS, requests, and answers that a signature vouches for. */
@NullMarked
package dev.longshore.resolver.site.hub;

import org.jspecify.annotations.NullMarked;
