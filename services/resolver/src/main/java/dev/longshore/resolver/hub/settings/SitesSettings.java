package dev.longshore.resolver.hub.settings;

import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Web;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a resolver a hub of sites. */
public record SitesSettings(
    @Setting(
            doc =
                "where sites reach this hub's registry listener, such as"
                    + " https://hub.example.com:5050; hubs that share a Kafka may share it")
        URI url,
    @Setting(
            doc =
                "Ed25519 private key in PEM (PKCS #8) that signs the hub's answers; made if"
                    + " absent. Hubs with the same url need the same key")
        Path signingKeyFile,
    @Setting(
            value = "[]",
            doc =
                "PEM files of other keys, public or private, that sites trust too: the"
                    + " previous or the next one")
        List<Path> earlierSigningKeyFiles,
    @Setting(value = "30d", doc = "how long a site's credential is valid; nodes renew it in time")
        Duration credentialFor,
    @Setting(value = "[]", doc = "groups of sites: what they keep, and their line")
        List<SiteGroupSettings> groups) {
  /** A site that is away for longer has to join again; its renewals overlap for minutes. */
  private static final Duration SHORTEST_CREDENTIAL = Duration.ofHours(1);

  public SitesSettings {
    earlierSigningKeyFiles = List.copyOf(earlierSigningKeyFiles);
    groups = List.copyOf(groups);
    requireClosed(url);
    if (credentialFor.compareTo(SHORTEST_CREDENTIAL) < 0) {
      throw new IllegalArgumentException(
          "credential-for: " + credentialFor + " (expected: 1h or more)");
    }
    Set<String> names = new HashSet<>();
    for (SiteGroupSettings group : groups) {
      if (!names.add(group.name())) {
        throw new IllegalArgumentException(
            "groups: two are named \"" + group.name() + "\" (expected: each name once)");
      }
    }
  }

  private static void requireClosed(URI url) {
    String path = Optional.ofNullable(url.getRawPath()).orElse("");
    boolean bare =
        (path.isEmpty() || path.equals("/"))
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!Web.isHttp(url) || !Web.isClosed(url) || !bare) {
      throw new IllegalArgumentException(
          "url: "
              + Web.shown(url)
              + " (expected: https://HOST:PORT without a path; http on loopback only)");
    }
  }

  /** Whether there is a group of that name. */
  public boolean hasGroup(String name) {
    return groups.stream().anyMatch(group -> group.name().equals(name));
  }
}
