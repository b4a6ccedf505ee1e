/**
 * The in-memory twin of an IPFS node, the conformance suite of its port, and a real Kubo to run.
 */
@NullMarked
package dev.longshore.ipfs.testing;

import org.jspecify.annotations.NullMarked;
