/** How services listen for gRPC. */
@NullMarked
package dev.longshore.runtime.grpc;

import org.jspecify.annotations.NullMarked;
