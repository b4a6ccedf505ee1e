/** dag-pb nodes and links, read as Kubo reads them and written as Kubo writes them. */
@NullMarked
package dev.longshore.ipfs.dagpb;

import org.jspecify.annotations.NullMarked;
