/** Answers, over HTTP and gRPC, with everything known about a name, a digest or a CID. */
@NullMarked
package dev.longshore.resolver.lookup;

import org.jspecify.annotations.NullMarked;
