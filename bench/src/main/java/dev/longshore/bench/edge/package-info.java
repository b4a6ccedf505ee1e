/** What a site costs on its line, and what many sites cost their hub. */
@NullMarked
package dev.longshore.bench.edge;

import org.jspecify.annotations.NullMarked;
