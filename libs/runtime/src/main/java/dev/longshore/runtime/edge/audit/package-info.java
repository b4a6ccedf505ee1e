/**
 * Who did what: one log line and one record of topic {@code audit} each, without slowing anyone.
 */
@NullMarked
package dev.longshore.runtime.edge.audit;

import org.jspecify.annotations.NullMarked;
