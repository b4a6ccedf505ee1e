package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.CredentialChanges;
import dev.longshore.resolver.hub.access.SiteSecret;
import dev.longshore.runtime.service.tls.AuthorityHash;
import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteCommandTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final SiteName SITE = new SiteName("store-17");

  private static final String RESOLVER =
      """
      resolver:
        kubo: {name: own, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
      """;

  private static final String SITES =
      """
      sites:
        url: "%s"
        signing-key-file: %s
        groups: [{name: shops}, {name: ships}]
      """;

  @TempDir Path folder;
  private final CommandRun command = new CommandRun();

  @Test
  void aLineThatIsInItsFileAlreadyAsksForNoOtherToken() throws Exception {
    Path line = Files.writeString(folder.resolve("line"), "https://hub store-17 --token t\n");

    // Without settings: nothing of the hub is asked.
    assertThat(
            command.run(
                "site", "add", "store-17", "--group", "shops", "--line-file", line.toString()))
        .isZero();
    assertThat(command.err()).contains("is there already");
    assertThat(line).hasContent("https://hub store-17 --token t");
  }

  private Path config(String text) throws Exception {
    return Files.writeString(folder.resolve("hub.yaml"), text);
  }

  private int site(Path config, String... arguments) {
    return command.run(
        Stream.of(Stream.of("site"), Stream.of(arguments), Stream.of("--config", config.toString()))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  /** Without a Kafka: none is asked. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Store 17|shops|24h|name: \"Store 17\" (expected: 1 to 63 of a-z, 0-9, dot and hyphen",
        "../17|shops|24h|name: \"../17\" (expected:",
        "17-|shops|24h|name: \"17-\" (expected:",
        "store-17|shop|24h|--group: shop (expected: one of sites.groups: shops, ships)",
        "store-17|shops|0s|--token-for: 0s (expected: more than 0s, up to 30d)",
        "store-17|shops|31d|--token-for: 31d (expected: more than 0s, up to 30d)",
        "store-17|shops|soon|--token-for: \"soon\" is not a duration",
      })
  void whatCannotBeASiteIsRefusedByItsReason(
      String name, String group, String tokenFor, String reason) throws Exception {
    Path config = config(RESOLVER + SITES.formatted("http://127.0.0.1:5050", folder.resolve("k")));

    assertThat(site(config, "add", name, "--group", group, "--token-for", tokenFor)).isEqualTo(2);
    assertThat(command.err()).contains(reason);
    assertThat(command.out()).isEmpty();
    assertThat(folder.resolve("k")).doesNotExist();
  }

  @Test
  void aResolverWithoutSitesIsNoHub() throws Exception {
    assertThat(site(config(RESOLVER), "add", "store-17", "--group", "shops")).isEqualTo(2);
    assertThat(command.err()).contains("sites: no settings (expected: --config of a hub");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://hub.example:5050|url: http://hub.example:5050 (expected: https://HOST:PORT",
        "https://hub.example/x|url: https://hub.example/x (expected: https://HOST:PORT without",
        "ftp://hub.example|url: ftp://hub.example (expected:",
      })
  void anAddressThatACredentialMustNotBeSentToIsRefused(String url, String reason)
      throws Exception {
    assertThat(site(config(RESOLVER + SITES.formatted(url, "k")), "list")).isEqualTo(2);
    assertThat(command.err()).contains(reason);
  }

  @Test
  void whereCallersMustShowCertificatesNoSiteCanCall() throws Exception {
    String tls = "  tls: {certificate-file: c.pem, key-file: k.pem, client-ca-file: ca.pem}\n";

    assertThat(site(config(RESOLVER + tls + SITES.formatted("https://hub.example", "k")), "list"))
        .isEqualTo(2);
    assertThat(command.err()).contains("sites: cannot be served where resolver.tls.client-ca-file");
  }

  private JoinLine line(String text) throws Exception {
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(config(text), Map.of(), List.of()))
            .settings();
    return JoinLine.of(settings, OwnSites.of(settings), SITE);
  }

  @Test
  void theLineNamesTheAuthorityByItsKeyAsTheSiteSeesIt() throws Exception {
    TlsFiles files = TlsFiles.write(folder);
    Path certificate = files.server(null).certificateFile();
    String tls =
        "  tls: {certificate-file: %s, key-file: %s}\n"
            .formatted(certificate, files.server(null).keyFile());
    SiteSecret token = SiteSecret.token();
    String sites = SITES.formatted("https://hub.example:5050", folder.resolve("k"));

    String line = line(RESOLVER + tls + sites).with(token);
    assertThat(line)
        .startsWith(
            "longshore site join https://hub.example:5050 store-17 --token "
                + token.reveal()
                + " --ca sha256:")
        .contains(AuthorityHash.of(files.server(null)));
    assertThat(line(RESOLVER + sites).with(token)).as("behind a proxy").doesNotContain("--ca");

    Files.writeString(certificate, Files.readString(files.ca()), StandardOpenOption.APPEND);
    byte[] key = files.authority().certificate().getPublicKey().getEncoded();
    assertThat(AuthorityHash.of(files.server(null)))
        .isEqualTo(
            "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key)));
  }

  private static SiteState report(String hub, Instant joined, long sequence, long behind) {
    return new SiteState(
        SITE,
        "shop-1",
        hub,
        joined,
        sequence,
        "0.2.0",
        "cursor",
        AT,
        AT.plusSeconds(1),
        new Amount(12, 3_400_000_000L),
        new Amount(behind, 1_000_000),
        AT.minusSeconds(300),
        5_000_000,
        60_000_000_000L,
        100_000_000_000L,
        List.of(),
        List.of(new Absence("registry.example/app:2", AbsenceReason.FAILED, "no block", null)),
        1_250_000L,
        new Amount(2, 1_000_000));
  }

  @Test
  void ofTheReportsOfANodeThatOfTheLaterJoinCounts() {
    Credential credential =
        new Credential(
            Digest.of("c".getBytes(StandardCharsets.UTF_8)),
            false,
            AT,
            AT.plusSeconds(60),
            "shop-1",
            AT.minusSeconds(7200));
    SiteCredentialsState state =
        new SiteCredentialsState(SITE, "shops", List.of(credential), null, AT);
    ListedSite site =
        ListedSite.of(
            state,
            List.of(
                report("a", AT.minusSeconds(9999), 900, 3),
                report("a", AT.minusSeconds(7200), 1, 2),
                report("b", AT.minusSeconds(7200), 2, 1)));

    assertThat(site.line(AT.plusSeconds(61)))
        .isEqualTo(
            "store-17 (shops) joined 2h ago; shop-1 reported 1m ago, has 12 images, 3.4 GB, is"
                + " behind with 1, 1.0 MB, for 6m, and has 2 on demand, 1.0 MB");
    assertThat(site.lines(AT))
        .contains(
            "  credential of node shop-1, given 2026-03-01T12:00:00Z, good until"
                + " 2026-03-01T12:01:00Z",
            "    lacks registry.example/app:2: failed, no block");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    site.put(json);
    assertThat(json.toString()).contains("\"behind\":{\"images\":1,\"bytes\":1000000}");
    assertThat(json.toString()).doesNotContain(credential.hash().hex());
  }

  @Test
  void aPauseIsShownUntilItEnds() {
    SiteCredentialsState added = new SiteCredentialsState(SITE, "shops", List.of(), null, AT);
    SiteCredentialsState paused = CredentialChanges.paused(added, AT, AT.plusSeconds(60));

    assertThat(ListedSite.of(paused, List.of()).line(AT))
        .isEqualTo("store-17 (shops) not joined yet, paused until 2026-03-01T12:01:00Z; no report");
    assertThat(ListedSite.of(paused, List.of()).line(AT.plusSeconds(60)))
        .isEqualTo("store-17 (shops) not joined yet; no report");
    assertThat(
            ListedSite.of(CredentialChanges.paused(added, AT, null), List.of())
                .line(AT.plusSeconds(1_000_000)))
        .isEqualTo("store-17 (shops) not joined yet, paused; no report");
    assertThat(CredentialChanges.resumed(paused, AT).paused()).isNull();
  }

  @Test
  void aPauseHasToEndInAYear() {
    assertThat(command.run("site", "pause", "store-17", "--for", "9000d"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("--for: 9000d (expected: more than 0s, up to 365d)");
  }

  @Test
  void aSiteThatHasNotJoinedAndOneThatWasRevokedSaySo() {
    Credential token =
        Credential.token(Digest.of("t".getBytes(StandardCharsets.UTF_8)), AT, AT.plusSeconds(60));
    SiteCredentialsState added = new SiteCredentialsState(SITE, "shops", List.of(token), null, AT);

    assertThat(ListedSite.of(added, List.of()).line(AT))
        .isEqualTo("store-17 (shops) not joined yet, a token is open; no report");
    assertThat(ListedSite.of(added, List.of()).line(AT.plusSeconds(60)))
        .isEqualTo("store-17 (shops) not joined yet; no report");
    assertThat(
            ListedSite.of(new SiteCredentialsState(SITE, "shops", List.of(), AT, AT), List.of())
                .line(AT.plusSeconds(90)))
        .isEqualTo("store-17 (shops) revoked 1m ago; no report");
  }
}
