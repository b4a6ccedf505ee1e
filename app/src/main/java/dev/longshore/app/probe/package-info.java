/** The program of a container's health check. */
@NullMarked
package dev.longshore.app.probe;

import org.jspecify.annotations.NullMarked;
