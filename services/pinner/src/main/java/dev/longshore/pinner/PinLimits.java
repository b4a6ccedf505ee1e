package dev.longshore.pinner;

import java.time.Duration;

/**
 * The pinner's time limits.
 *
 * @param stall without a new block, until a pin is aborted
 * @param whole of one pin in total
 * @param verification of the check that a peer has every block
 * @param call of a small call to a node
 */
record PinLimits(Duration stall, Duration whole, Duration verification, Duration call) {}
