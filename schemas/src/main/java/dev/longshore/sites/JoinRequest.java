package dev.longshore.sites;

/**
 * A node's first request, admitted by a token that is good once.
 *
 * @param node the node's name within its site
 * @param version its version of Longshore
 */
public record JoinRequest(String node, String version) {}
