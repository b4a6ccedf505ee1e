package dev.longshore.app.doctor;

import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The doctor's checks of the Kubo nodes that a process calls, made once beside its start; what is
 * not as it must be is logged. The start does not wait: a node may come later.
 */
public final class StartChecks implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

  private final List<Check> checks = new ArrayList<>();
  private final Thread thread = Thread.ofVirtual().name("start checks").unstarted(this::check);

  /** For these services. */
  public StartChecks(Settings settings, Set<ServiceName> services) {
    NodeChecks nodes = new NodeChecks(settings, services);
    checks.addAll(nodes.each());
    nodes.blocks().ifPresent(checks::add);
  }

  @Override
  public String name() {
    return "start checks";
  }

  @Override
  public void start() {
    thread.start();
  }

  private void check() {
    try {
      for (Finding finding : new Examination(Doctor.LIMIT).of(checks)) {
        if (!(finding instanceof Finding.Fine)) {
          LOG.warn("{}", finding.text());
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the process stops before its start checks are over");
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    thread.interrupt();
    thread.join(drain);
  }
}
