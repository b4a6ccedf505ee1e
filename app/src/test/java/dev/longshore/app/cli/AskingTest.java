package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.Main;
import dev.longshore.app.query.http.AskedService;
import dev.longshore.runtime.testing.TlsFiles;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that ask a service, where there is no Kafka that they could read. */
@Timeout(120)
class AskingTest {
  private static final Path ROOT = Path.of(System.getProperty("longshore.root", ".."));

  @TempDir Path folder;

  @Test
  void copiesWhatTheServicePrintsAndItsExitCode() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      String config = service.config().toString();
      CommandRun run = new CommandRun();

      assertThat(run.run("resolve", AskedService.NAME, "--config", config)).isEqualTo(3);
      assertThat(run.out()).startsWith(AskedService.NAME + "\n").contains("image DAG  bafydag1");
      assertThat(run.err()).isEmpty();

      assertThat(run.run("resolve", "a.example/b:1", "--json", "--config", config)).isEqualTo(1);
      assertThat(run.out()).startsWith("{\n").contains("\"conversions\" : [ ]").endsWith("}\n");
      assertThat(run.err()).startsWith("longshore: a.example/b:1 is not known: registry a.example");

      assertThat(run.run("status", AskedService.NAME, "--config", config)).isEqualTo(3);
      assertThat(run.out()).contains("plain     1.0 MB in 5 blobs");
    }
  }

  @Test
  void asksNobodyWhatIsNoQuestion() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      String config = service.config().toString();
      CommandRun run = new CommandRun();
      assertThat(run.run("resolve", "a//b", "--config", config)).isEqualTo(2);
      assertThat(run.run("why", "a.example/b:1", "--config", config)).isEqualTo(1);
      assertThat(run.err()).contains("registry a.example is not configured");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void needsFewJarsWhereAServiceAnswers(boolean closed) throws Exception {
    String health = closed ? closed() : AskedService.OPEN;
    try (AskedService service = new AskedService(folder, health)) {
      String config = service.config(health, "").toString();
      assertThat(withFewJars(List.of("resolve", AskedService.NAME, "--config", config)))
          .as(text("err"))
          .isEqualTo(3);
      assertThat(text("out")).contains("image DAG  bafydag1");
      assertThat(text("err")).isEmpty();
    }
  }

  /** With TLS and a token. */
  private String closed() throws Exception {
    TlsFiles files = TlsFiles.write(Files.createDirectory(folder.resolve("tls")));
    Path token = Files.writeString(folder.resolve("token"), "a token");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    return AskedService.OPEN
        + ", credentials: {token-file: %s}, tls: {certificate-file: %s, key-file: %s}"
            .formatted(token, files.file("server.pem"), files.file("server.key"));
  }

  @Test
  void hasTheLauncherStartItWithAllJarsWhereNobodyAnswers() throws Exception {
    Path config =
        Files.writeString(folder.resolve("longshore.yaml"), "health: {listen: 127.0.0.1:1}\n");
    List<String> status = List.of("status", "--config", config.toString());
    assertThat(withFewJars(status)).isEqualTo(75);
    assertThat(text("out") + text("err")).isEmpty();

    List<String> debug = new ArrayList<>(status);
    debug.add("--debug");
    assertThat(withFewJars(debug)).isEqualTo(75);
    assertThat(text("out")).isEmpty();
    assertThat(text("err"))
        .startsWith("Kafka is read, as no service answered: http://127.0.0.1:1/v1/query/status")
        .contains("Connection refused")
        .hasLineCount(1);
    assertThat(withFewJars(List.of("status", "--bogus"))).isEqualTo(75);
    assertThat(text("out") + text("err")).isEmpty();
    assertThat(Files.readString(ROOT.resolve("longshore"))).contains("((code == 75)) || exit");
  }

  /** Runs a command with the jars that the launcher names, and ours as they were compiled. */
  private int withFewJars(List<String> arguments) throws Exception {
    Matcher few =
        Pattern.compile("few=\\(\"\\$lib\"/\\{([a-z0-9,-]+)}-\\*\\.jar\\)")
            .matcher(Files.readString(ROOT.resolve("longshore")));
    assertThat(few.find()).isTrue();
    Pattern named = Pattern.compile("(" + few.group(1).replace(',', '|') + ")-[^/]*\\.jar");
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                entry ->
                    entry.endsWith("target/classes")
                        || (named.matcher(Path.of(entry).getFileName().toString()).matches()
                            && !entry.endsWith("-tests.jar")))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlongshore.jars=few",
                "-cp",
                path,
                Main.class.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String text(String file) throws Exception {
    return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
  }
}
