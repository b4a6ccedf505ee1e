/** The service of a site: keeps what a hub's rules name for it, over one outgoing line. */
@NullMarked
package dev.longshore.resolver.site;

import org.jspecify.annotations.NullMarked;
