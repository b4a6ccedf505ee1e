package dev.longshore.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.events.Proof;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.TlsFiles;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers whose certificate the file of tokens names, and one whose it does not, over TLS. */
@Timeout(120)
class CertificateCallerTest {
  private static final String TOKENS =
      """
      tokens:
        - {name: edge, certificate: edge.example, scopes: [pull, look-up], repositories: [team/*]}
        - {name: monitor, certificate: monitor.example, scopes: [look-up], repositories: ["**"]}
        - name: past
          certificate: past.example
          scopes: [pull]
          repositories: ["**"]
          expires: 2026-01-01T00:00:00Z
      """;

  @TempDir Path folder;
  private TlsFiles files;
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage ours;
  private MirroredImage theirs;
  private MirroredImage shared;

  @BeforeEach
  void start() throws Exception {
    files = TlsFiles.write(folder);
    for (String name :
        List.of("edge.example", "monitor.example", "past.example", "other.example")) {
      files.issue(files.authority(), name);
    }
    edge = Edge.empty(folder.resolve("unused"));
    ours = edge.mirror(1);
    theirs = edge.mirror(2);
    shared = edge.mirror(3);
    edge.states.tag("registry.test/team/tool", "v1", ours.digest().toString());
    edge.states.tag("registry.test/team/tool", "base", shared.digest().toString());
    edge.states.tag("registry.test/other/app", "v1", theirs.digest().toString());
    edge.states.tag("registry.test/other/app", "base", shared.digest().toString());
    Path tokens = Files.writeString(folder.resolve("tokens.yaml"), TOKENS);
    resolver =
        new RunningResolver(
            folder.resolve("home"),
            edge.catalog,
            edge.own,
            new AccessSettings(null, tokens, false, files.server(files.ca()), false),
            false,
            List.of());
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  private ClientTlsSettings shown(String name) {
    return new ClientTlsSettings(files.ca(), files.file(name + ".pem"), files.file(name + ".key"));
  }

  private HttpResponse<byte[]> get(String name, String path) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(ClientTls.of(shown(name)).context()).build()) {
      URI address = URI.create("https://" + resolver.registry() + path);
      return client.send(
          HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private int status(String name, String path) throws Exception {
    return get(name, path).statusCode();
  }

  private String text(String name, String path) throws Exception {
    return new String(get(name, path).body(), UTF_8);
  }

  @Test
  void itsCertificateAloneOpensWhatItsEntryNames() throws Exception {
    assertThat(status("edge.example", "/v2/")).isEqualTo(200);
    assertThat(status("edge.example", "/v2/team/tool/manifests/v1")).isEqualTo(200);
    assertThat(status("edge.example", "/v2/team/tool/manifests/" + ours.digest())).isEqualTo(200);
    assertThat(status("edge.example", "/v2/ipfs/" + ours.root() + "/manifests/latest"))
        .isEqualTo(200);

    assertThat(text("edge.example", "/v2/other/app/manifests/v1"))
        .contains("\"DENIED\"", "edge may not pull", "[team/*]");
    assertThat(status("edge.example", "/v2/other/app/manifests/v1")).isEqualTo(403);
    assertThat(status("edge.example", "/v2/ipfs/" + theirs.root() + "/manifests/latest"))
        .isEqualTo(403);
  }

  @Test
  void listsAndLookUpsAreCutToItsRepositories() throws Exception {
    assertThat(text("edge.example", "/v2/_catalog")).contains("team/tool").doesNotContain("other");
    assertThat(text("edge.example", "/v1/resolve?ref=" + shared.digest()))
        .contains("\"team/tool\"")
        .doesNotContain("other");
    assertThat(status("edge.example", "/v1/resolve?ref=" + theirs.digest())).isEqualTo(404);
    assertThat(text("monitor.example", "/v1/resolve?ref=" + shared.digest()))
        .contains("\"team/tool\"", "\"other/app\"");
  }

  @Test
  void itsScopesAreThoseOfItsEntry() throws Exception {
    assertThat(status("monitor.example", "/v2/team/tool/manifests/v1")).isEqualTo(403);
    assertThat(text("monitor.example", "/v2/team/tool/manifests/v1"))
        .contains("it needs scope pull and has [look-up]");
  }

  @Test
  void anotherCertificateOfTheSameAuthorityIsNobody() throws Exception {
    assertThat(status("other.example", "/v2/")).isEqualTo(401);
    assertThat(status("other.example", "/v2/team/tool/manifests/v1")).isEqualTo(401);
    assertThat(status("past.example", "/v2/team/tool/manifests/v1")).isEqualTo(401);
    assertThat(text("past.example", "/v2/team/tool/manifests/v1"))
        .contains("what was shown ended at 2026-01-01T00:00:00Z");
  }

  @Test
  void theAuditLogNamesTheEntryAndTheCertificate() throws Exception {
    get("edge.example", "/v2/team/tool/manifests/v1");
    Eventually.await("its entry", () -> resolver.audited.size() == 1);
    get("other.example", "/v2/team/tool/manifests/v1");

    Eventually.await("both entries", () -> resolver.audited.size() == 2);
    assertThat(resolver.audited.getFirst().caller()).isEqualTo("edge");
    assertThat(resolver.audited.getFirst().proof()).isEqualTo(Proof.CERTIFICATE);
    assertThat(resolver.audited.getFirst().subject()).isEqualTo("CN=edge.example");
    assertThat(resolver.audited.getLast().caller()).isEqualTo("anonymous");
    assertThat(resolver.audited.getLast().status()).isEqualTo("401");

    get("monitor.example", "/v2/team/tool/manifests/v1");
    Eventually.await("the refusal of one who is known", () -> resolver.audited.size() == 3);
    assertThat(resolver.audited.getLast().caller()).isEqualTo("monitor");
    assertThat(resolver.audited.getLast().proof()).isEqualTo(Proof.CERTIFICATE);
    assertThat(resolver.audited.getLast().status()).isEqualTo("403");
    assertThat(resolver.audited).allMatch(entry -> entry.address().equals("127.0.0.1"));
  }

  @Test
  void grpcAnswersTheSame() throws Exception {
    assertThat(look("edge.example", "team/tool:base").getImages(0).getNamesList())
        .extracting(name -> name.getRepository())
        .containsExactly("team/tool");
    assertThatThrownBy(() -> look("edge.example", "other/app:v1"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("PERMISSION_DENIED");
    assertThatThrownBy(() -> look("other.example", "team/tool:v1"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAUTHENTICATED");
  }

  private ResolveResponse look(String shown, String name) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(resolver.service.grpcAddress().address())
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(files.ca().toFile())
                    .keyManager(
                        files.file(shown + ".pem").toFile(), files.file(shown + ".key").toFile())
                    .build())
            .build();
    try {
      return ResolverGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .resolve(ResolveRequest.newBuilder().setName(name).build());
    } finally {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
