package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.sites.SiteConfig;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.Joining.Invitation;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SiteJoinTest {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  @TempDir private Path folder;
  private final CommandRun command = new CommandRun();

  @Test
  void anAddressThatOthersReadAlongIsRefused() {
    assertThat(command.run("site", "join", "http://hub.example.com", "shop", "--token", "s3cret"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("expected: https://").doesNotContain("s3cret");
  }

  @Test
  void looksAtItsKuboBeforeTheTokenIsSpent() {
    int code =
        command.run(
            "site",
            "join",
            "https://127.0.0.1:1",
            "shop",
            "--token",
            "s3cret",
            "--kubo",
            NOBODY.toString(),
            "--gateway",
            NOBODY.toString());

    assertThat(code).isEqualTo(ExitCode.ERROR.code());
    assertThat(command.err())
        .contains("cannot be reached", "the token is not spent")
        .doesNotContain("s3cret");
  }

  @Test
  void aTokenMayBeInAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "s3cret\n");
    String[] line = {
      "site", "join", "https://127.0.0.1:1", "shop", "--kubo", NOBODY.toString(), "--token-file", ""
    };
    line[line.length - 1] = file.toString();

    assertThat(command.run(line)).isEqualTo(ExitCode.ERROR.code());
    assertThat(command.err()).contains("the token is not spent").doesNotContain("s3cret");

    Files.writeString(file, " \n");
    assertThat(command.run(line)).isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("no token (expected: one line");
  }

  @Test
  void aTokenMayComeFromStandardInput() throws Exception {
    JoinToken token = new JoinToken();
    new CommandLine(token).parseArgs("--token", "-");

    assertThat(token.read(new ByteArrayInputStream("s3cret\n".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("s3cret");
  }

  @Test
  void oneTokenIsNeeded() {
    assertThat(command.run("site", "join", "https://127.0.0.1:1", "shop"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("--token");
  }

  @Test
  void aKuboOfItsOwnIsNotSetUpAtAnAddressOfOthers() {
    int code =
        command.run(
            "site",
            "join",
            "https://127.0.0.1:1",
            "shop",
            "--token",
            "s3cret",
            "--kubo-program",
            "/bin/true",
            "--kubo",
            "http://kubo.example.com:5001",
            "--gateway",
            NOBODY.toString());

    assertThat(code).isNotEqualTo(ExitCode.COMPLETE.code());
    assertThat(command.err()).doesNotContain("s3cret");
  }

  @Test
  void theLineMayComeFromAFile() throws Exception {
    Path line =
        Files.writeString(folder.resolve("line"), "http://hub.example.com shop --token s3cret\n");

    assertThat(command.run("site", "join", "@" + line)).isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("expected: https://").doesNotContain("s3cret");
  }

  @Test
  void theSettingsThatItWritesAreThoseOfTheNode() throws Exception {
    Invitation invitation =
        new Invitation(
            URI.create("https://hub.example.com:5055"),
            new SiteName("shop"),
            "main",
            "s3cret",
            null,
            null);
    URI rpc = URI.create("http://127.0.0.1:5001");
    Path program = folder.resolve("bin/ipfs");
    Path blocks = folder.resolve("it's here");

    String text =
        new SiteConfig(
                folder, invitation, rpc, URI.create("http://127.0.0.1:8080"), blocks, program, null)
            .text();
    Path file = Files.writeString(folder.resolve("longshore.yaml"), text);
    Settings read =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(file, Map.of(), List.of()))
            .settings();

    assertThat(read.shared().home()).isEqualTo(folder);
    assertThat(read.site().hubs()).containsExactly(invitation.hub());
    assertThat(read.site().kuboProgram()).isEqualTo(program);
    assertThat(read.neededResolver().kubo().rpc()).isEqualTo(rpc);
    assertThat(read.neededResolver().kuboRepository()).isEqualTo(blocks);
    assertThat(read.neededResolver().cacheSize().bytes()).isZero();
    assertThat(text).doesNotContain("s3cret");
  }

  @Test
  void aNodeThatHasNotJoinedSaysHow() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            """
            home: %s
            resolver:
              kubo: {name: own, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
            """
                .formatted(folder));

    assertThat(command.run("service", "site", "--config", file.toString()))
        .isEqualTo(ExitCode.ERROR.code());
    assertThat(command.err()).contains("belongs to no site", "site add");
  }
}
