/** How services listen for gRPC. */
@NullMarked
package dev.longshore.runtime.edge.grpc;

import org.jspecify.annotations.NullMarked;
