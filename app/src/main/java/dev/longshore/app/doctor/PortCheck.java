package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.settings.value.Listen;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether a listener of ours can have its port, or has it.
 *
 * @param setting where it is configured, such as {@code resolver.listen}
 * @param owner number of the process of ours that would hold it; none if none runs
 */
record PortCheck(String setting, Listen listen, Supplier<Optional<String>> owner) implements Check {
  @Override
  public String part() {
    return "port " + setting;
  }

  @Override
  public void look(Findings findings) {
    String tried = "listen on " + listen;
    InetSocketAddress address = listen.address();
    if (address.isUnresolved()) {
      findings.wrong(
          tried,
          "no address is known for " + listen.host(),
          "correct " + setting + ", or the name in DNS");
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      findings.fine(tried, "free");
    } catch (BindException e) {
      taken(findings, tried, e);
    } catch (IOException e) {
      findings.wrong(tried, WebLook.reason(e), "choose another " + setting);
    }
  }

  private void taken(Findings findings, String tried, BindException e) {
    String reason = String.valueOf(e.getMessage());
    Optional<String> holder = owner.get();
    if (!reason.contains("in use")) {
      findings.wrong(
          tried,
          reason,
          "choose an address of this machine and a port that this user may have for " + setting);
    } else if (holder.isPresent()) {
      findings.fine(tried, "held by Longshore, process " + holder.get());
    } else {
      findings.wrong(
          tried,
          "taken, and not by a Longshore of this home",
          "end what listens there (ss -ltnp 'sport = :%d'), or set another %s"
              .formatted(listen.port(), setting));
    }
  }
}
