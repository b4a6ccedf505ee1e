/**
 * Rewrites a layer as eStargz: a gzip'd tar whose files can be read one by one. The same layer and
 * settings give the same bytes on any machine; {@link dev.longshore.estargz.EstargzWriter} is the
 * way in.
 */
@NullMarked
package dev.longshore.estargz;

import org.jspecify.annotations.NullMarked;
