/** What an image consists of: its manifests and blobs, kept on disk for the next request. */
@NullMarked
package dev.longshore.resolver.image.member;

import org.jspecify.annotations.NullMarked;
