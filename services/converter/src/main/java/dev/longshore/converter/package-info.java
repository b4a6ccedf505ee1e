/** Turns an observed image into one DAG on the ingest peer, which holds a pin of it. */
@NullMarked
package dev.longshore.converter;

import org.jspecify.annotations.NullMarked;
