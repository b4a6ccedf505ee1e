/** What a reference, digest or CID of a question stands for. */
@NullMarked
package dev.longshore.app.query.find;

import org.jspecify.annotations.NullMarked;
