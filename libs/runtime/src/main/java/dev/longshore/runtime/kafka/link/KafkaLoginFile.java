package dev.longshore.runtime.kafka.link;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** The login in Kafka's client settings file. */
record KafkaLoginFile(Path path) {
  /** The setting with the path of this file. */
  static KafkaLoginFile of(Map<String, ?> settings) {
    return new KafkaLoginFile(
        Path.of(String.valueOf(settings.get(FollowedFiles.CLIENT_PROPERTIES))));
  }

  /**
   * The current value of {@code sasl.jaas.config}.
   *
   * @throws ConfigException when the file cannot be read or lacks the line; repeats none of it
   */
  List<AppConfigurationEntry> entries() {
    Properties properties = new Properties();
    try (Reader text = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      properties.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(path + " cannot be read: " + e.getMessage());
    }
    String jaas = properties.getProperty(SaslConfigs.SASL_JAAS_CONFIG);
    if (jaas == null) {
      throw new ConfigException(
          path + ": no " + SaslConfigs.SASL_JAAS_CONFIG + " (expected: the login to Kafka)");
    }
    try {
      return JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(jaas)))
          .configurationEntries();
    } catch (IllegalArgumentException e) {
      // Kafka's message may repeat parts of the line, which contains the secret.
      throw new ConfigException(
          path
              + ": "
              + SaslConfigs.SASL_JAAS_CONFIG
              + " is not of the form 'MODULE required key=\"value\" ...;'");
    }
  }

  /**
   * One of the login's options.
   *
   * @throws ConfigException when the login lacks it
   */
  String option(List<AppConfigurationEntry> entries, String name) {
    String value = JaasContext.configEntryOption(entries, name, null);
    if (value == null) {
      throw new ConfigException(
          path + ": " + SaslConfigs.SASL_JAAS_CONFIG + " has no " + name + "=\"...\"");
    }
    return value;
  }
}
