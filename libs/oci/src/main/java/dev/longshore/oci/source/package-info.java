/**
 * Where images come from: what is asked of a source, within its budget, and checked as it is read.
 */
@NullMarked
package dev.longshore.oci.source;

import org.jspecify.annotations.NullMarked;
