package dev.longshore.resolver.hub;

import dev.longshore.settings.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a resolver a hub of sites. */
public record SitesSettings(
    @Setting(doc = "where sites reach this hub, such as https://hub.example.com") URI url,
    @Setting(doc = "Ed25519 private key in PEM (PKCS#8) that signs what sites are told")
        Path signingKeyFile,
    @Setting(value = "[]", doc = "keys that signed before, which sites still trust")
        List<Path> earlierSigningKeyFiles,
    @Setting(value = "30d", doc = "how long a credential is good; a site renews it before")
        Duration credentialFor,
    @Setting(value = "[]", doc = "groups of sites: what they keep, and their line")
        List<SiteGroupSettings> groups) {
  public SitesSettings {
    earlierSigningKeyFiles = List.copyOf(earlierSigningKeyFiles);
    groups = List.copyOf(groups);
    Set<String> names = new HashSet<>();
    for (SiteGroupSettings group : groups) {
      if (!names.add(group.name())) {
        throw new IllegalArgumentException(
            "groups: two are named \"" + group.name() + "\" (expected: each name once)");
      }
    }
  }
}
