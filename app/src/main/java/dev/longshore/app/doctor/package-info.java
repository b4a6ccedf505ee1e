/**
 * Checks a configuration against the real parts: one file a subject, each knowing what may be wrong
 * with it and how that is mended. Nothing is changed, but for connections between Kubo nodes that
 * the pinner would make.
 */
@NullMarked
package dev.longshore.app.doctor;

import org.jspecify.annotations.NullMarked;
