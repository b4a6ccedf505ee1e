package dev.longshore.app.deploy;

import dev.longshore.app.clients.ClusterKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The settings of deploy/compose for a registry of another name, with a rule beside them. */
final class ComposeSettings {
  private static final List<String> SERVICES =
      List.of("topics", "watcher", "converter", "pinner", "resolver", "longshore");

  /** Nobody asks these whether they are well. */
  private static final List<String> ONCE = List.of("topics", "longshore");

  /**
   * A service that lives for a minute spends two thirds of its processor time on the optimizing
   * compiler. deploy/compose/test, which the nightly script runs, leaves it as it is.
   */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  /** A probe is a Java program: one every few seconds for each service takes a third of a core. */
  private static final String PROBE_INTERVAL = "12s";

  private ComposeSettings() {}

  /**
   * Writes them below the folder.
   *
   * @param settings the longshore.yaml of deploy/compose
   * @param registry {@code host:port} in the names of images
   * @return a file for compose that mounts them in each service
   */
  static Path write(Path folder, Path settings, String registry) throws Exception {
    Path recipient = ClusterKeys.writeRecipient(folder);
    String rules =
        """
        rules:
          - match: "*/modes/**"
            modes: [plain, estargz, encrypted]
            recipients: ["jwe:/etc/longshore/recipient.pem"]
        """;
    Path written =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            Files.readString(settings).replace("localhost:5055", registry) + rules);
    StringBuilder file = new StringBuilder("services:\n");
    for (String service : SERVICES) {
      file.append(
          """
            %s:
              environment: {JAVA_TOOL_OPTIONS: "%s"}
              volumes:
                - %s:/etc/longshore/longshore.yaml:ro
                - %s:/etc/longshore/recipient.pem:ro
          """
              .formatted(service, QUICK, written, recipient));
      if (!ONCE.contains(service)) {
        file.append("    healthcheck: {interval: %s}\n".formatted(PROBE_INTERVAL));
      }
    }
    return Files.writeString(folder.resolve("compose.test.yaml"), file);
  }
}
