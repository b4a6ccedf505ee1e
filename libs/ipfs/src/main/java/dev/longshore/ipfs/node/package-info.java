/** The port to an IPFS node: blocks, pins, space, the swarm, and its failures. */
@NullMarked
package dev.longshore.ipfs.node;

import org.jspecify.annotations.NullMarked;
