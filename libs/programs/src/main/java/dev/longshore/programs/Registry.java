package dev.longshore.programs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The CNCF registry (distribution 3.x) and its settings file.
 *
 * @param address {@code host:port} to listen on
 * @param storage folder for its data
 * @param login who may use it
 * @param notifications endpoints for its notifications
 */
public record Registry(
    String address, Path storage, Login login, List<Notification> notifications) {
  private static final Duration START = Duration.ofSeconds(30);

  /** Who may use the registry. */
  public sealed interface Login {}

  /** Everyone who reaches it. */
  public record Open() implements Login {}

  /** Users in a password file in htpasswd's bcrypt format. */
  public record Htpasswd(Path file) implements Login {}

  /**
   * Bearers of tokens signed by {@code issuer}.
   *
   * @param certificates PEM of the signing key's certificate
   */
  public record TokenLogin(URI realm, String service, String issuer, Path certificates)
      implements Login {}

  /**
   * An endpoint for pushed manifests and deletions, never for blobs or pulls.
   *
   * @param authorization the Authorization header's value, a secret
   */
  public record Notification(String name, URI url, Optional<String> authorization) {
    @Override
    public String toString() {
      return "Notification[" + name + ", " + url.getHost() + "]";
    }
  }

  public Registry {
    notifications = List.copyOf(notifications);
  }

  public static Registry open(String address, Path storage) {
    return new Registry(address, storage, new Open(), List.of());
  }

  public Registry withLogin(Login newLogin) {
    return new Registry(address, storage, newLogin, notifications);
  }

  public Registry withNotification(Notification notification) {
    var all = new ArrayList<>(notifications);
    all.add(notification);
    return new Registry(address, storage, login, all);
  }

  /**
   * The program; writes the settings, readable only by their owner.
   *
   * @param program {@code registry}
   * @param folder for the settings, in {@code config.yml}
   */
  public Program daemon(Path program, Path folder, Path log) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("config.yml");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, yaml());
    Command command =
        Command.of(program.toString(), "serve", file.toString())
            .with(Map.of("OTEL_TRACES_EXPORTER", "none"));
    Ready ready = Ready.answers(URI.create("http://" + address + "/v2/"));
    return new Program("registry", command, log, ready, START);
  }

  /**
   * The file's text. It contains the notifications' secrets: make it readable only by its owner.
   */
  public String yaml() {
    var yaml = new Yaml();
    yaml.line(0, "version: 0.1");
    yaml.line(0, "log:");
    yaml.line(1, "level: info");
    yaml.line(1, "accesslog:");
    yaml.line(2, "disabled: true");
    yaml.line(0, "storage:");
    yaml.line(1, "filesystem:");
    yaml.text(2, "rootdirectory", storage.toString());
    yaml.line(1, "delete:");
    yaml.line(2, "enabled: true");
    yaml.line(0, "http:");
    yaml.text(1, "addr", address);
    writeLogin(yaml);
    writeNotifications(yaml);
    return yaml.toString();
  }

  private void writeLogin(Yaml yaml) {
    switch (login) {
      case Open open -> {}
      case Htpasswd htpasswd -> {
        yaml.line(0, "auth:");
        yaml.line(1, "htpasswd:");
        yaml.text(2, "realm", "longshore");
        yaml.text(2, "path", htpasswd.file().toString());
      }
      case TokenLogin token -> {
        yaml.line(0, "auth:");
        yaml.line(1, "token:");
        yaml.text(2, "realm", token.realm().toString());
        yaml.text(2, "service", token.service());
        yaml.text(2, "issuer", token.issuer());
        yaml.text(2, "rootcertbundle", token.certificates().toString());
      }
    }
  }

  private void writeNotifications(Yaml yaml) {
    if (notifications.isEmpty()) {
      return;
    }
    yaml.line(0, "notifications:");
    yaml.line(1, "endpoints:");
    for (Notification notification : notifications) {
      yaml.text(2, "- name", notification.name());
      yaml.text(3, "url", notification.url().toString());
      // The registry keeps its queue in memory, so it retries for as long as it runs.
      yaml.line(3, "timeout: 5s");
      yaml.line(3, "threshold: 3");
      yaml.line(3, "backoff: 1s");
      if (notification.authorization().isPresent()) {
        yaml.line(3, "headers:");
        yaml.line(4, "Authorization:");
        yaml.text(5, "-", notification.authorization().get());
      }
      yaml.line(3, "ignore:");
      // Blobs, which are not needed; without a media type 3.0.0 ignores the actions.
      yaml.line(4, "mediatypes:");
      yaml.line(5, "- application/octet-stream");
      yaml.line(4, "actions:");
      yaml.line(5, "- pull");
    }
  }

  /**
   * Lines with two spaces a level; texts in double quotes with JSON's escapes, which YAML shares.
   */
  private static final class Yaml {
    private final StringBuilder out = new StringBuilder();

    void line(int level, String text) {
      out.repeat(' ', 2 * level).append(text).append('\n');
    }

    void text(int level, String key, String value) {
      String separator = key.equals("-") ? " " : ": ";
      line(level, key + separator + quoted(value));
    }

    private static String quoted(String value) {
      var text = new StringBuilder("\"");
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == '"' || c == '\\') {
          text.append('\\').append(c);
        } else if (c < 0x20) {
          text.append("\\x%02x".formatted((int) c));
        } else {
          text.append(c);
        }
      }
      return text.append('"').toString();
    }

    @Override
    public String toString() {
      return out.toString();
    }
  }
}
