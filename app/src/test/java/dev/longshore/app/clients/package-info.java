/** Real clients against a whole development run. */
@NullMarked
package dev.longshore.app.clients;

import org.jspecify.annotations.NullMarked;
