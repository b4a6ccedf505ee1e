package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.programs.Registry.Htpasswd;
import dev.longshore.programs.Registry.Notification;
import dev.longshore.programs.Registry.TokenLogin;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RegistryTest {
  private static final Registry OPEN = Registry.open("127.0.0.1:5055", Path.of("/data/registry"));

  @Test
  void anOpenRegistryHasStorageAndAddress() {
    assertThat(OPEN.yaml())
        .isEqualTo(
            """
            version: 0.1
            log:
              level: info
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: "/data/registry"
              delete:
                enabled: true
            http:
              addr: "127.0.0.1:5055"
            """);
  }

  @Test
  void notificationsLeaveOutPullsAndCarryTheirHeader() {
    var notification =
        new Notification(
            "longshore", URI.create("http://127.0.0.1:5052/hooks"), Optional.of("Bearer a\"b\\c"));

    assertThat(OPEN.withNotification(notification).yaml())
        .endsWith(
            """
            notifications:
              endpoints:
                - name: "longshore"
                  url: "http://127.0.0.1:5052/hooks"
                  timeout: 5s
                  threshold: 3
                  backoff: 1s
                  headers:
                    Authorization:
                      - "Bearer a\\"b\\\\c"
                  ignore:
                    mediatypes:
                      - application/octet-stream
                    actions:
                      - pull
            """);
    assertThat(notification.toString()).doesNotContain("Bearer");
  }

  @Test
  void loginsAreWrittenByTheirKind() {
    assertThat(OPEN.withLogin(new Htpasswd(Path.of("/x/htpasswd"))).yaml())
        .contains("auth:\n  htpasswd:\n    realm: \"longshore\"\n    path: \"/x/htpasswd\"\n");
    var token =
        new TokenLogin(URI.create("https://a/t"), "service", "issuer", Path.of("/x/ca.pem"));
    assertThat(OPEN.withLogin(token).yaml())
        .contains("auth:\n  token:\n    realm: \"https://a/t\"\n    service: \"service\"\n")
        .contains("    issuer: \"issuer\"\n    rootcertbundle: \"/x/ca.pem\"\n");
  }

  @Test
  void controlCharactersCannotEndALine() {
    assertThat(Registry.open("a\nhttp: x", Path.of("/")).yaml())
        .contains("addr: \"a\\x0ahttp: x\"");
  }
}
