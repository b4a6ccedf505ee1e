package dev.longshore.runtime.kafka.link;

import static java.util.Objects.requireNonNull;

import dev.longshore.settings.WatchedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.jspecify.annotations.Nullable;

/**
 * Requests OAuth tokens as Kafka's own handler does, with the client id and secret that Kafka's
 * client settings file has when a token is due. While the file cannot be used, its previous content
 * applies.
 */
public final class FollowedClientSecret implements AuthenticateCallbackHandler {
  private @Nullable OAuthBearerLoginCallbackHandler kafkas;
  private @Nullable WatchedFiles file;

  /** For Kafka's clients, which create it. */
  public FollowedClientSecret() {}

  @Override
  public synchronized void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
    KafkaLoginFile from = KafkaLoginFile.of(settings);
    file =
        WatchedFiles.onDemand(
            "login to Kafka", List.of(from.path()), () -> use(settings, mechanism, from.entries()));
  }

  private void use(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
    OAuthBearerLoginCallbackHandler fresh = new OAuthBearerLoginCallbackHandler();
    fresh.configure(settings, mechanism, entries);
    close();
    kafkas = fresh;
  }

  @Override
  public synchronized void handle(Callback[] callbacks)
      throws IOException, UnsupportedCallbackException {
    requireNonNull(file, "not configured").look();
    requireNonNull(kafkas).handle(callbacks);
  }

  @Override
  public synchronized void close() {
    if (kafkas != null) {
      kafkas.close();
    }
  }
}
