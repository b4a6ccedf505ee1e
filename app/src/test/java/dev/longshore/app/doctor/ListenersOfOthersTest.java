package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.testing.Found;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The collector, and the watcher as registries see it. */
class ListenersOfOthersTest {
  private static Found collector(int status) throws Exception {
    try (AnsweringServer server = new AnsweringServer(status)) {
      return Found.by(
          new CollectorCheck(server.address(), CollectorCheck.Signal.TRACES, WebLook.PLAIN));
    }
  }

  @Test
  void aCollectorThatTakesTracesIsFineAndAnotherAWarning() throws Exception {
    assertThat(collector(200).fine()).contains("/v1/traces: it takes them");
    assertThat(collector(404).warnings()).contains("status 404", "port 4318");
    assertThat(
            Found.by(
                    new CollectorCheck(
                        URI.create("http://127.0.0.1:1/"),
                        CollectorCheck.Signal.METRICS,
                        WebLook.PLAIN))
                .warnings())
        .contains("http://127.0.0.1:1/v1/metrics", "images are mirrored without it", "Jaeger");
  }

  private static Found webhook(int port) throws Exception {
    ListenerSettings listener = ListenerSettings.open(new Listen("127.0.0.1", port));
    return Found.by(new WebhookCheck(listener, "local", WebLook.PLAIN));
  }

  @Test
  void aWebhookThatRefusesStrangersIsFineAndAnythingElseIsTold() throws Exception {
    try (AnsweringServer closed = new AnsweringServer(401);
        AnsweringServer open = new AnsweringServer(405);
        AnsweringServer other = new AnsweringServer(200)) {
      assertThat(webhook(closed.port()).fine()).contains("/hooks/local without a token: refused");
      assertThat(webhook(open.port()).warnings()).contains("asks nobody who they are");
      assertThat(webhook(other.port()).wrong()).contains("status 200", "not the watcher");
    }
    assertThat(webhook(1).fine()).contains("the watcher does not run here");
  }
}
