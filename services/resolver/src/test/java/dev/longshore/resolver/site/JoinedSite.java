package dev.longshore.resolver.site;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub, and a site that has joined it and does not run yet. */
abstract class JoinedSite {
  @TempDir Path home;
  HubTwin hub;
  SiteBed site;

  @BeforeEach
  final void join() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
  }

  @AfterEach
  final void end() throws Exception {
    // The hub first: a site needs none to stop.
    hub.close();
    site.close();
  }
}
