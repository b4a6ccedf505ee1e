/** {@code /v1/query}: the questions of commands, asked of a service that knows the answers. */
@NullMarked
package dev.longshore.app.query.http;

import org.jspecify.annotations.NullMarked;
