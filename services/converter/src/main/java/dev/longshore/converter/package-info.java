/** Turns an observed image into one DAG, pinned on the ingest peer. */
@NullMarked
package dev.longshore.converter;

import org.jspecify.annotations.NullMarked;
