/** Brings configs and layers to the ingest peer, each once for all images. */
@NullMarked
package dev.longshore.converter.ingest;

import org.jspecify.annotations.NullMarked;
