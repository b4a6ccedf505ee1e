/** What the tests of checks share. */
@NullMarked
package dev.longshore.model.check.testing;

import org.jspecify.annotations.NullMarked;
