/**
 * Layer encryption as in containers/ocicrypt: a cipher over the layer's bytes, its key wrapped for
 * recipients in annotations. Works on streams and arrays; reads no file and no network.
 */
@NullMarked
package dev.longshore.ocicrypt;

import org.jspecify.annotations.NullMarked;
