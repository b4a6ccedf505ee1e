/** What is known of the programs outside: which of them work is held back from, since when, why. */
@NullMarked
package dev.longshore.runtime.service.endpoint;

import org.jspecify.annotations.NullMarked;
