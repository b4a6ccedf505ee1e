package dev.longshore.pinner;

import java.time.Duration;

/**
 * How long the pinner waits.
 *
 * @param stall without a new block, before a pin is given up
 * @param whole for one pin in all
 * @param verification for the check that a peer has every block
 * @param call for a small call to a node
 */
record PinLimits(Duration stall, Duration whole, Duration verification, Duration call) {}
