package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import org.jspecify.annotations.Nullable;

/** One listener and who may use it. */
public record ListenerSettings(
    @Setting(doc = "address and port to listen on") Listen listen, @Inline AccessSettings access) {

  public ListenerSettings {
    access.requireClosed(listen);
  }

  /** A listener on loopback, open to everyone, without TLS. */
  public static ListenerSettings open(Listen listen) {
    return new ListenerSettings(listen, AccessSettings.OPEN);
  }

  /** A listener on loopback for callers with these credentials, without TLS. */
  public static ListenerSettings asking(Listen listen, @Nullable CredentialSettings credentials) {
    return new ListenerSettings(listen, AccessSettings.of(credentials));
  }

  public @Nullable CredentialSettings credentials() {
    return access.credentials();
  }

  public @Nullable ServerTlsSettings tls() {
    return access.tls();
  }

  /** Whether callers must show credentials, a token or a certificate. */
  public boolean asksWhoCalls() {
    return access.asksWhoCalls();
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return tls() == null ? "http" : "https";
  }
}
