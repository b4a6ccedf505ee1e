package dev.longshore.runtime.kafka.link;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;

/**
 * Has Kafka's clients read their certificates and logins again when the files changed: each new
 * connection, or token, is made with what they hold by then. Kafka's own clients read them once.
 */
public final class FollowedFiles {
  /** Tells the login handlers, which Kafka's clients make, where the settings come from. */
  static final String CLIENT_PROPERTIES = "longshore.client.properties";

  private static final String PROTOCOL = "security.protocol";

  private FollowedFiles() {}

  /**
   * Adds what it takes to the settings of a client, where nobody has chosen otherwise.
   *
   * @param settings as read from the file
   * @param file with Kafka's settings
   */
  public static void follow(Map<String, Object> settings, Path file) {
    String protocol = String.valueOf(settings.get(PROTOCOL)).toUpperCase(Locale.ROOT);
    if (protocol.endsWith("SSL")) {
      settings.putIfAbsent(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, FollowedCertificates.class);
    }
    if (!protocol.startsWith("SASL") || settings.get(SaslConfigs.SASL_JAAS_CONFIG) == null) {
      return;
    }
    settings.put(CLIENT_PROPERTIES, file.toString());
    String mechanism = String.valueOf(settings.get(SaslConfigs.SASL_MECHANISM));
    if (mechanism.startsWith("SCRAM") || mechanism.equals("PLAIN")) {
      settings.putIfAbsent(SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS, FollowedPassword.class);
    }
    Object login = settings.get(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS);
    if (Objects.equals(login, OAuthBearerLoginCallbackHandler.class.getName())) {
      settings.put(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS, FollowedClientSecret.class);
    }
  }
}
