package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.net.URI;

/** Whether the gateway of a Kubo node is where the settings say. */
record GatewayCheck(String peer, URI gateway, WebLook web) implements Check {
  /** Of no bytes, so that every gateway has it. */
  private static final String NOTHING = "ipfs/bafkqaaa";

  @Override
  public String part() {
    return "kubo " + peer;
  }

  @Override
  public void look(Findings findings) {
    String base = gateway.toString();
    URI sample = URI.create((base.endsWith("/") ? base : base + "/") + NOTHING);
    String tried = "read through its gateway " + gateway;
    try {
      int status = web.get(sample).status();
      if (status == 200) {
        findings.fine(tried, "it answers");
      } else {
        findings.wrong(
            tried,
            "status " + status,
            "set gateway of peer %s to the node's Addresses.Gateway".formatted(peer));
      }
    } catch (IOException e) {
      findings.wrong(
          tried,
          WebLook.reason(e),
          "start it, or correct gateway of peer %s; see Addresses.Gateway of the node"
              .formatted(peer));
    }
  }
}
