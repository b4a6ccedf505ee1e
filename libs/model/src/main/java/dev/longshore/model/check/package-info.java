/**
 * What is said of a part that was looked at: by the doctor, and by whoever starts with the part.
 */
@NullMarked
package dev.longshore.model.check;

import org.jspecify.annotations.NullMarked;
