/**
 * Points the container runtime of this machine at a resolver, and takes that back: which files a
 * runtime reads, what they are to say, and how a file is changed so that its content of before is
 * never lost.
 */
@NullMarked
package dev.longshore.app.mirror;

import org.jspecify.annotations.NullMarked;
