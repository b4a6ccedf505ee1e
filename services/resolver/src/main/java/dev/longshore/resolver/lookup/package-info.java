/** Answers everything that is known of a name, a digest or a CID, over HTTP and gRPC. */
@NullMarked
package dev.longshore.resolver.lookup;

import org.jspecify.annotations.NullMarked;
