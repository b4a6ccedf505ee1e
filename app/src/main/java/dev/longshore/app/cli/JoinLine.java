package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.hub.access.SigningKeys;
import dev.longshore.resolver.hub.access.SiteSecret;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.service.tls.AuthorityHash;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.runtime.service.tls.TlsException;
import dev.longshore.settings.value.Web;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.util.Optional;

/**
 * What is typed at a site so that its node joins.
 *
 * @param ca by what it recognizes the hub's authority; empty if the hub's listener has no
 *     certificate of its own: without TLS, or behind a proxy whose certificate the site checks as
 *     any other
 * @param key signs what the hub says
 */
record JoinLine(String url, SiteName site, Optional<String> ca, SigningKey key) {
  static JoinLine of(Settings settings, SitesSettings sites, SiteName site)
      throws CommandException {
    try {
      SigningKey key =
          SigningKeys.open(sites.signingKeyFile(), sites.earlierSigningKeyFiles()).current();
      return new JoinLine(sites.url().toString(), site, ca(settings, sites), key);
    } catch (IOException e) {
      throw new CommandException(ExitCode.USAGE, "sites.signing-key-file: " + e.getMessage(), e);
    } catch (TlsException e) {
      throw new CommandException(ExitCode.USAGE, "resolver.tls: " + e.getMessage(), e);
    }
  }

  private static Optional<String> ca(Settings settings, SitesSettings sites) {
    ResolverConfig resolver = settings.resolver();
    ServerTlsSettings tls = resolver == null ? null : resolver.access().tls();
    return tls == null || !Web.isHttps(sites.url())
        ? Optional.empty()
        : Optional.of(AuthorityHash.of(tls));
  }

  String with(SiteSecret token) {
    return "longshore site join " + arguments(token);
  }

  /** What follows the name of the command. */
  String arguments(SiteSecret token) {
    return "%s %s --token %s%s --key %s:%s"
        .formatted(
            url,
            site,
            token.reveal(),
            ca.map(hash -> " --ca " + hash).orElse(""),
            key.id(),
            key.ed25519());
  }
}
