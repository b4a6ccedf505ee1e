/**
 * Rewrites a layer as eStargz: a gzip'd tar with separately readable files. The same layer and
 * settings give the same bytes on any machine; start at {@link
 * dev.longshore.estargz.EstargzWriter}.
 */
@NullMarked
package dev.longshore.estargz;

import org.jspecify.annotations.NullMarked;
