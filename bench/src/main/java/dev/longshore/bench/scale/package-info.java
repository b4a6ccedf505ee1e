/** Very large layers, very many images. */
@NullMarked
package dev.longshore.bench.scale;

import org.jspecify.annotations.NullMarked;
