package dev.longshore.runtime.kafka.link;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;

/**
 * Makes Kafka's clients reread changed certificates and logins for each new connection or token. By
 * themselves they read them once.
 */
public final class FollowedFiles {
  /** Tells the login handlers, which Kafka's clients create, where the settings come from. */
  static final String CLIENT_PROPERTIES = "longshore.client.properties";

  private static final String PROTOCOL = "security.protocol";

  private FollowedFiles() {}

  /**
   * Adds the necessary settings to a client's, unless the user chose others.
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
