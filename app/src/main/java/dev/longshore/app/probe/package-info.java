/** What a container's health check runs. */
@NullMarked
package dev.longshore.app.probe;

import org.jspecify.annotations.NullMarked;
