package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Registry.Htpasswd;
import dev.longshore.programs.Registry.TokenLogin;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.TestAuthority;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins as the CNCF registry asks for them. */
final class RealLoginIT {
  /** Published test vector of crypt_blowfish: bcrypt, cost 5, of the password U*U. */
  private static final String HTPASSWD =
      "longshore:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n";

  private static final RegistryCredentials.Basic USER =
      new RegistryCredentials.Basic("longshore", "U*U");

  @TempDir Path folder;
  private final InMemoryRegistry source = new InMemoryRegistry();

  @Test
  void basicLoginPushesAndPulls() throws Exception {
    Path passwords = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
    try (var registry =
        RegistryDaemon.start(folder, settings -> settings.withLogin(new Htpasswd(passwords)))) {
      RegistryConfig config = RegistryConfig.of(registry.host());

      pushesAndPulls(config.withCredentials(USER), registry.name("team/app"));

      for (RegistryCredentials login :
          new RegistryCredentials[] {
            RegistryCredentials.anonymous(),
            new RegistryCredentials.Basic("longshore", "wrong-word")
          }) {
        RegistryException failure =
            catchThrowableOfType(
                RegistryException.class,
                () ->
                    client(config.withCredentials(login))
                        .tags(registry.name("team/app"), Page.START));
        assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(failure).hasMessageNotContaining("wrong-word");
      }
    }
  }

  @Test
  void tokenLoginPushesAndPulls() throws Exception {
    TestAuthority signer = new TestAuthority("Signer");
    Path believed = signer.writeCertificate(folder.resolve("signer.pem"));
    try (var issuer = new JwtIssuer(signer, USER);
        var registry =
            RegistryDaemon.start(
                folder,
                settings ->
                    settings.withLogin(
                        new TokenLogin(
                            URI.create(issuer.realm()),
                            JwtIssuer.SERVICE,
                            JwtIssuer.ISSUER,
                            believed)))) {
      RegistryConfig config =
          RegistryConfig.of(registry.host()).withTrustedHost(issuer.authority());

      pushesAndPulls(config.withCredentials(USER), registry.name("team/app"));

      RegistryException untrusted =
          catchThrowableOfType(
              RegistryException.class,
              () ->
                  client(RegistryConfig.of(registry.host()).withCredentials(USER))
                      .tags(registry.name("team/app"), Page.START));
      assertThat(untrusted.kind()).isEqualTo(Kind.UNSUPPORTED);
      RegistryException anonymous =
          catchThrowableOfType(
              RegistryException.class,
              () -> client(config).tags(registry.name("team/app"), Page.START));
      assertThat(anonymous.kind()).isEqualTo(Kind.UNAUTHORIZED);
    }
  }

  private void pushesAndPulls(RegistryConfig config, RepositoryName name) throws Exception {
    RandomImage image = RandomImage.of(1);
    source.push(name, "v1", image);
    Reference reference = Reference.tagged(name, "v1");
    new RegistryPusher(Registries.of(config), ClientSettings.defaults())
        .push(source, reference, name, "v1");
    RegistryClient client = client(config);

    Descriptor root = client.resolve(reference);
    Manifest manifest = Manifest.parse(client.manifest(name, root.digest()), root.mediaType());
    for (Descriptor blob : manifest.children()) {
      try (BlobStream in = client.blob(name, blob, 0)) {
        assertThat(Digest.of(in.readAllBytes())).isEqualTo(blob.digest());
      }
    }
    assertThat(client.tags(name, Page.START).items()).containsExactly("v1");
    assertThat(client.catalog(name.host(), Page.START).items()).contains(name.repository());
  }

  private static RegistryClient client(RegistryConfig config) {
    return new RegistryClient(Registries.of(config), ClientSettings.defaults());
  }
}
