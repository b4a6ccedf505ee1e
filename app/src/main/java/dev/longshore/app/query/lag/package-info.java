/** How far images are behind, at the centre and at sites. */
@NullMarked
package dev.longshore.app.query.lag;

import org.jspecify.annotations.NullMarked;
