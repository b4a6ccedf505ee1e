/** {@code /v1/query}: the questions of commands, answered by a running service. */
@NullMarked
package dev.longshore.app.query.http;

import org.jspecify.annotations.NullMarked;
