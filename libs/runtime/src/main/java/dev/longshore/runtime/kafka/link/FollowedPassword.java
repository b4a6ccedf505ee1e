package dev.longshore.runtime.kafka.link;

import static java.util.Objects.requireNonNull;

import dev.longshore.settings.WatchedFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler;
import org.jspecify.annotations.Nullable;

/**
 * Reads user and password from Kafka's client settings file whenever a connection logs in. While
 * the file cannot be used, its previous content applies.
 */
public final class FollowedPassword implements AuthenticateCallbackHandler {
  private final SaslClientCallbackHandler kafkas = new SaslClientCallbackHandler();
  private volatile @Nullable Login login;
  private @Nullable WatchedFiles file;

  private record Login(String user, String password) {}

  /** For Kafka's clients, which create it. */
  public FollowedPassword() {}

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
    kafkas.configure(settings, mechanism, entries);
    KafkaLoginFile from = KafkaLoginFile.of(settings);
    file = WatchedFiles.onDemand("login to Kafka", List.of(from.path()), () -> read(from));
  }

  private void read(KafkaLoginFile from) {
    List<AppConfigurationEntry> entries = from.entries();
    login = new Login(from.option(entries, "username"), from.option(entries, "password"));
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    requireNonNull(file, "not configured").look();
    Login now = requireNonNull(login);
    List<Callback> others = new ArrayList<>();
    for (Callback callback : callbacks) {
      switch (callback) {
        case NameCallback name -> name.setName(now.user());
        case PasswordCallback password -> password.setPassword(now.password().toCharArray());
        default -> others.add(callback);
      }
    }
    kafkas.handle(others.toArray(Callback[]::new));
  }

  @Override
  public void close() {
    kafkas.close();
  }
}
