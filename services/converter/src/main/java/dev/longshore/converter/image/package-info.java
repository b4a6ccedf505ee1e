/** The image in its mode: its manifests, its DAG on the ingest peer, its records. */
@NullMarked
package dev.longshore.converter.image;

import org.jspecify.annotations.NullMarked;
