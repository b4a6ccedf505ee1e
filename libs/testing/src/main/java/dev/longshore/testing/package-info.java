/** Test support that knows no port: seeded random data, random images, a clock that tests move. */
@NullMarked
package dev.longshore.testing;

import org.jspecify.annotations.NullMarked;
