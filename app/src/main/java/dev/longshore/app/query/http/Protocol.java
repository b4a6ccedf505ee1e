package dev.longshore.app.query.http;

import dev.longshore.runtime.kafka.link.KafkaSettings;

/**
 * What both sides of {@code /v1/query} must agree on. An answer is what a command prints; its
 * headers say whether this command may print it.
 */
final class Protocol {
  static final String PREFIX = "/v1/query/";

  /** Parameter: name, digest or CID. */
  static final String IMAGE = "image";

  /** Parameter: {@code json} or {@code text}. */
  static final String OUTPUT = "output";

  static final String JSON = "json";
  static final String TEXT = "text";

  /** The version of Longshore that wrote the answer: another one may print otherwise. */
  static final String VERSION_HEADER = "Longshore-Version";

  /** Which topics the answer was made of: two Longshores may share a machine. */
  static final String TOPICS_HEADER = "Longshore-Topics";

  /** What the command ends with. */
  static final String EXIT_HEADER = "Longshore-Exit-Code";

  /** A sentence for stderr, percent-encoded. */
  static final String ERROR_HEADER = "Longshore-Error";

  /** More is not sent, nor read. */
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private Protocol() {}

  /** The topics of these settings, as they are named there. */
  static String topics(KafkaSettings kafka) {
    return String.join(",", kafka.bootstrapServers().stream().sorted().toList())
        + "/"
        + kafka.topicPrefix();
  }
}
