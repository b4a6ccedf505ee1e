/** The service of a site: keeps the images in its hub's rules, over one outgoing line. */
@NullMarked
package dev.longshore.resolver.site;

import org.jspecify.annotations.NullMarked;
