/** Brings each image DAG to its number of verified copies and keeps it there. */
@NullMarked
package dev.longshore.pinner;

import org.jspecify.annotations.NullMarked;
