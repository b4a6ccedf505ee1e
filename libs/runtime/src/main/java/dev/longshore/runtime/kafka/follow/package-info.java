/** Feeds a catalog from the topics: all partitions, committed records, without a group. */
@NullMarked
package dev.longshore.runtime.kafka.follow;

import org.jspecify.annotations.NullMarked;
