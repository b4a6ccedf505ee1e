/** Brings configs and layers to the ingest peer, each once, whatever image they are for. */
@NullMarked
package dev.longshore.converter.ingest;

import org.jspecify.annotations.NullMarked;
