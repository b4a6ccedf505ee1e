/** What is known of the programs outside: which of them work is held back from, since when, why. */
@NullMarked
package dev.longshore.runtime.endpoint;

import org.jspecify.annotations.NullMarked;
