@NullMarked
package dev.longshore.pinner;

import org.jspecify.annotations.NullMarked;
