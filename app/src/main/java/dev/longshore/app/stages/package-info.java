/** How long images take from a push to each stage. */
@NullMarked
package dev.longshore.app.stages;

import org.jspecify.annotations.NullMarked;
