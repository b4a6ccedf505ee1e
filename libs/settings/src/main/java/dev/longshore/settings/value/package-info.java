/** Values of settings that stand for more than a number or a text. */
@NullMarked
package dev.longshore.settings.value;

import org.jspecify.annotations.NullMarked;
