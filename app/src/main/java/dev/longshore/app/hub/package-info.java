/** Where a hub keeps in Kafka who its sites are, and what they report. */
@NullMarked
package dev.longshore.app.hub;

import org.jspecify.annotations.NullMarked;
