package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;

/**
 * Whether the watcher's listener for notifications answers, and lets nobody in without its token.
 *
 * @param webhooks its settings
 * @param web as clients of it connect
 */
record WebhookCheck(ListenerSettings webhooks, String registry, WebLook web) implements Check {
  @Override
  public String part() {
    return "notifications " + registry;
  }

  @Override
  public void look(Findings findings) {
    URI hook =
        URI.create("%s://%s/hooks/%s".formatted(webhooks.scheme(), webhooks.listen(), registry));
    // Reading is no notification, so that nothing comes of it, whoever answers.
    String tried = "GET " + hook + " without a token";
    try {
      WebLook.Answer answer = web.get(hook);
      switch (answer.status()) {
        case 401 -> findings.fine(tried, "refused, as it must be: the registry shows the token");
        case 404, 405 ->
            findings.warning(
                tried,
                "status " + answer.status() + ": it asks nobody who they are",
                "give watcher.webhooks credentials, and the registry the same");
        default ->
            findings.wrong(
                tried,
                "status " + answer.status(),
                "see what listens there: it is not the watcher, or it is starting");
      }
    } catch (ConnectException e) {
      findings.fine(tried, "nobody listens: the watcher does not run here");
    } catch (IOException e) {
      findings.wrong(
          tried,
          WebLook.reason(e),
          "see that the way from the registry to watcher.webhooks is open, and its certificate"
              + " believed");
    }
  }
}
