package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.registry.RetryPolicy;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Registry.Htpasswd;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The password of a real registry is exchanged while a client reads it. */
class RegistryPasswordIT {
  /** Published test vectors of crypt_blowfish: bcrypt, cost 5. */
  private static final String PASSWORD = "U*U";

  private static final String ITS_HASH =
      "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  private static final String NEXT = "U*U*";
  private static final String NEXTS_HASH =
      "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";

  @TempDir Path folder;

  @Test
  void aPasswordIsExchangedWithoutANewClient() throws Exception {
    Path users = write("htpasswd", "longshore:" + ITS_HASH + "\n");
    write("password", PASSWORD + "\n");
    try (RegistryDaemon registry =
        RegistryDaemon.start(folder, settings -> settings.withLogin(new Htpasswd(users)))) {
      Reference image = Reference.tagged(registry.name("team/app"), "v1");
      push(registry, image);
      RegistryClient client = client(registry, "{username: longshore, password-file: password}");
      assertThat(client.resolve(image).digest()).hasToString(RandomImage.of(1).rootDigest());

      write("htpasswd", "longshore:" + NEXTS_HASH + "\n");
      Eventually.await("the old password is refused", () -> !resolves(client, image));
      RegistryException refusal =
          catchThrowableOfType(RegistryException.class, () -> client.resolve(image));
      assertThat(refusal.kind()).isEqualTo(Kind.UNAUTHORIZED);
      assertThat(refusal).hasMessageNotContaining(PASSWORD);

      write("password", "two\nlines\n");
      write("password", NEXT + "\n");
      Eventually.await("the next one is shown", () -> resolves(client, image));
    }
  }

  @Test
  void aPasswordThatAHelperGivesIsExchangedBetweenAPollAndAPull() throws Exception {
    Path users = write("htpasswd", "longshore:" + ITS_HASH + "\n");
    write("password", PASSWORD);
    Path helper =
        write(
            "docker-credential-test",
            """
            #!/bin/sh
            read host
            echo "$1 $host" >> %1$s/asked
            printf '{"ServerURL":"%%s","Username":"longshore","Secret":"%%s"}' \
                "$host" "$(cat %1$s/password)"
            """
                .formatted(folder));
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
    try (RegistryDaemon registry =
        RegistryDaemon.start(folder, settings -> settings.withLogin(new Htpasswd(users)))) {
      Reference image = Reference.tagged(registry.name("team/app"), "v1");
      push(registry, image);
      RegistryClient client = client(registry, "{helper: %s}".formatted(helper));
      assertThat(client.catalog(registry.host(), Page.START).items()).containsExactly("team/app");
      assertThat(client.tags(image.name(), Page.START).items()).containsExactly("v1");
      assertThat(folder.resolve("asked")).hasContent("get " + registry.host());

      write("htpasswd", "longshore:" + NEXTS_HASH + "\n");
      Eventually.await("the old password is refused", () -> !resolves(fresh(registry), image));
      write("password", NEXT);

      pull(client, image);
      assertThat(Files.readAllLines(folder.resolve("asked"))).hasSize(2);
    }
  }

  private RegistryClient fresh(RegistryDaemon registry) {
    RegistryConfig config =
        RegistryConfig.of(registry.host())
            .withCredentials(new RegistryCredentials.Basic("longshore", PASSWORD));
    return new RegistryClient(
        Registries.of(config), ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }

  private static void pull(RegistryClient client, Reference image) throws Exception {
    Descriptor top = client.resolve(image);
    byte[] manifest = client.manifest(image.name(), top.digest());
    for (Descriptor part : Manifest.parse(manifest, top.mediaType()).children()) {
      try (BlobStream blob = client.blob(image.name(), part, 0)) {
        assertThat(Digest.of(blob.readAllBytes())).isEqualTo(part.digest());
      }
    }
  }

  private Path write(String name, String text) throws IOException {
    Path next = Files.writeString(folder.resolve(name + ".next"), text);
    return Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean resolves(RegistryClient client, Reference image) {
    try {
      client.resolve(image);
      return true;
    } catch (RegistryException e) {
      return false;
    }
  }

  private static void push(RegistryDaemon registry, Reference image) throws RegistryException {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(image.name(), "v1", RandomImage.of(1));
    RegistryConfig config =
        RegistryConfig.of(registry.host())
            .withCredentials(new RegistryCredentials.Basic("longshore", PASSWORD));
    new RegistryPusher(Registries.of(config), ClientSettings.defaults())
        .push(source, image, image.name(), "v1");
  }

  /** As a service has it. */
  private RegistryClient client(RegistryDaemon registry, String credentials) throws Exception {
    Path file =
        write(
            "longshore.yaml",
            """
            registries:
              - name: closed
                host: "%s"
                url: "http://%s"
                credentials: %s
            """
                .formatted(registry.host(), registry.host(), credentials));
    SharedSettings settings =
        new ConfigLoader<>(SharedSettings.class)
            .load(new ConfigSources(file, Map.of(), List.of()))
            .settings();
    return new RegistryClient(
        SourceRegistries.of(settings.registries()),
        ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }
}
