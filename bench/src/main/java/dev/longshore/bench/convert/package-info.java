/** From a registry into IPFS. */
@NullMarked
package dev.longshore.bench.convert;

import org.jspecify.annotations.NullMarked;
