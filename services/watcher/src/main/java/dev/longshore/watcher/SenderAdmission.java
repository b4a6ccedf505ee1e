package dev.longshore.watcher;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.SharedSecret;
import dev.longshore.runtime.edge.http.RouteAdmission;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Secret;
import dev.longshore.watcher.sender.Sender;
import dev.longshore.watcher.sender.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Admits a registry's sender to that registry's webhook: by the secret in the address or in a
 * header, or by a signature of the body.
 */
final class SenderAdmission implements RouteAdmission {
  private static final Rights RIGHTS = Rights.of(Set.of(Scope.HINT), List.of());

  private final Map<String, WebhookSource> sources;
  private final WebhookMeter meter;
  private final Deliveries deliveries;

  SenderAdmission(Map<String, WebhookSource> sources, WebhookMeter meter, Deliveries deliveries) {
    this.sources = Map.copyOf(sources);
    this.meter = meter;
    this.deliveries = deliveries;
  }

  @Override
  public String shown(String path) {
    return WebhookPath.shown(path, sources.keySet());
  }

  @Override
  public Optional<Claim> claim(String path, CallHeaders headers) {
    WebhookPath asked = WebhookPath.of(path, sources.keySet());
    WebhookSource source = sources.get(asked.source());
    if (source == null) {
      return Optional.empty();
    }
    Secret secret = source.secret();
    if (secret == null) {
      refused(asked.source(), source, "it showed none of the credentials of watcher.webhooks");
      return Optional.empty();
    }
    Caller caller =
        new Caller("sender of " + asked.source(), Proof.CREDENTIALS, Optional.empty(), RIGHTS);
    if (isShown(source.sender(), secret, asked.secret(), headers)) {
      return Optional.of(new Claim(caller));
    }
    Optional<Signature> signature = source.sender().signature(headers);
    if (signature.isEmpty()) {
      refused(asked.source(), source, "it showed neither the secret nor a signature");
      return Optional.empty();
    }
    return Optional.of(
        new Claim(caller, body -> isSigned(asked.source(), source, secret, signature.get(), body)));
  }

  private static boolean isShown(
      Sender sender, Secret secret, @Nullable String inPath, CallHeaders headers) {
    return (inPath != null && secret.matches(inPath))
        || SharedSecret.isShown(headers, secret)
        || sender.secretHeaders().stream()
            .flatMap(name -> headers.all(name).stream())
            .anyMatch(secret::matches);
  }

  private boolean isSigned(
      String name, WebhookSource source, Secret secret, Signature signature, byte[] body) {
    boolean signed =
        signature.isOf(body, secret) || signature.isOf(Signature.compact(body), secret);
    if (!signed) {
      refused(name, source, "the signature is not of this body with this secret");
    }
    return signed;
  }

  private void refused(String name, WebhookSource source, String why) {
    meter.refused(source.sender().name());
    deliveries.add(name, source.sender().name(), Deliveries.Outcome.REFUSED, why);
  }
}
