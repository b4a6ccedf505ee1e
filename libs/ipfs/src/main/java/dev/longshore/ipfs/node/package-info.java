/** What Longshore asks of an IPFS node: blocks, pins, space, the swarm; and how it fails. */
@NullMarked
package dev.longshore.ipfs.node;

import org.jspecify.annotations.NullMarked;
