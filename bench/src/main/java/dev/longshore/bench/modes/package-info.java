/** eStargz and encrypted images, against nerdctl. */
@NullMarked
package dev.longshore.bench.modes;

import org.jspecify.annotations.NullMarked;
