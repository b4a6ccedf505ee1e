/** The port to an IPFS node, and its adapter to Kubo's RPC and gateway. */
@NullMarked
package dev.longshore.ipfs.kubo;

import org.jspecify.annotations.NullMarked;
