/** The image as its mode has it: its manifests, its DAG on the ingest peer, its records. */
@NullMarked
package dev.longshore.converter.image;

import org.jspecify.annotations.NullMarked;
