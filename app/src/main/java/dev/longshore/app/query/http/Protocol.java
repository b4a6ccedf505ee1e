package dev.longshore.app.query.http;

import dev.longshore.runtime.kafka.link.KafkaSettings;

/**
 * What both sides of {@code /v1/query} must agree on. An answer is the command's output; its
 * headers say whether this command may print it.
 */
final class Protocol {
  static final String PREFIX = "/v1/query/";

  /** Parameter: name, digest or CID. */
  static final String IMAGE = "image";

  /** Parameter: name of a site. */
  static final String SITE = "site";

  /** Parameter: {@code json} or {@code text}. */
  static final String OUTPUT = "output";

  static final String JSON = "json";
  static final String TEXT = "text";

  /** The version of Longshore that wrote the answer: another version may print something else. */
  static final String VERSION_HEADER = "Longshore-Version";

  /** The topics that the answer was made from: two Longshores may share a machine. */
  static final String TOPICS_HEADER = "Longshore-Topics";

  /** The command's exit code. */
  static final String EXIT_HEADER = "Longshore-Exit-Code";

  /** A sentence for stderr, percent-encoded. */
  static final String ERROR_HEADER = "Longshore-Error";

  /** Longer answers are neither sent nor read. */
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private Protocol() {}

  /** The topics of these settings, under their configured names. */
  static String topics(KafkaSettings kafka) {
    return String.join(",", kafka.bootstrapServers().stream().sorted().toList())
        + "/"
        + kafka.topicPrefix();
  }
}
