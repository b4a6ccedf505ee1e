package dev.longshore.runtime.config;

import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Web;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A registry whose images Longshore mirrors. */
public record RegistrySettings(
    @Setting(unique = "name", doc = "its name, in messages, hints and metrics") String name,
    @Setting(unique = "host", doc = "host[:port] as in references, such as localhost:5055")
        String host,
    @Setting(doc = "its address, if that differs from its host") @Nullable URI url,
    @Setting(
            value = "false",
            doc = "use HTTP without TLS; required for an http url that is not on loopback")
        boolean plainHttp,
    @Setting(
            value = "[]",
            unique = "host",
            doc = "other hosts that references and webhooks use for it")
        List<String> aliases,
    @Setting(doc = "credentials for the registry, from one place")
        @Nullable LoginSettings credentials,
    @Setting(doc = "polls for pushes without a webhook") @Nullable PollSettings poll,
    @Setting(doc = "your own authorities and certificate") @Nullable ClientTlsSettings tls,
    @Inline NotificationSettings sender) {

  public RegistrySettings {
    aliases = List.copyOf(aliases);
    if (host.isEmpty() || host.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "host: \"" + host + "\" (expected: host[:port], without scheme or path)");
    }
    if (url != null && !Web.isHttp(url)) {
      throw new IllegalArgumentException("url: " + Web.shown(url) + " (expected: http or https)");
    }
    boolean plain = url == null ? plainHttp : !Web.isHttps(url);
    if (tls != null && plain) {
      throw new IllegalArgumentException(
          "tls: the registry is spoken to without TLS, so it would not be used (expected: a url of"
              + " https, or no plain-http)");
    }
    if (tls != null && credentials != null && credentials.containerdHosts() != null) {
      throw new IllegalArgumentException(
          "tls: credentials.containerd-hosts says whom to trust (expected: one of the two)");
    }
    if (url != null && !plainHttp && !Web.isClosed(url)) {
      throw new IllegalArgumentException(
          "url: "
              + Web.shown(url)
              + " is not on loopback, and others can listen in: use https, or set plain-http where"
              + " its network is closed");
    }
  }

  /** A registry with notifications in the CNCF registry's format. */
  public RegistrySettings(
      String name,
      String host,
      @Nullable URI url,
      boolean plainHttp,
      List<String> aliases,
      @Nullable CredentialSettings credentials,
      @Nullable PollSettings poll,
      @Nullable ClientTlsSettings tls) {
    this(
        name,
        host,
        url,
        plainHttp,
        aliases,
        LoginSettings.of(credentials),
        poll,
        tls,
        NotificationSettings.USUAL);
  }

  /** A registry whose certificate, if any, the Java runtime trusts. */
  public RegistrySettings(
      String name,
      String host,
      @Nullable URI url,
      boolean plainHttp,
      List<String> aliases,
      @Nullable CredentialSettings credentials,
      @Nullable PollSettings poll) {
    this(name, host, url, plainHttp, aliases, credentials, poll, null);
  }

  /** Its address. */
  public URI endpoint() {
    return url != null ? url : URI.create((plainHttp ? "http://" : "https://") + host);
  }
}
