package dev.longshore.runtime.service.tls;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One certificate of ours: whether it and its key are usable, for how long, and under which names.
 *
 * @param setting where it is configured, such as {@code resolver.tls}
 * @param certificate its file
 * @param use reads the files as the service does
 * @param host under which clients reach it; none for a client, or where it listens on all addresses
 */
public record CertificateCheck(
    String setting, Path certificate, Runnable use, @Nullable String host, Clock clock)
    implements Check {
  /** Renewal by hand needs weeks of warning. */
  private static final Duration SOON = Duration.ofDays(30);

  @Override
  public String part() {
    return "certificate " + setting;
  }

  @Override
  public void look(Findings findings) {
    String tried = "read " + certificate;
    try {
      use.run();
      List<X509Certificate> chain = PemFiles.certificates(certificate);
      age(findings, chain);
      names(findings, chain.getFirst());
    } catch (IllegalArgumentException | IOException | GeneralSecurityException e) {
      findings.wrong(
          tried,
          String.valueOf(e.getMessage()),
          "write the certificate, those up to the authority's, and the key that belongs to it");
    }
  }

  /** Reports the certificate of the chain that expires first. */
  private void age(Findings findings, List<X509Certificate> chain) {
    Instant now = clock.instant();
    String tried = "look how long " + certificate + " holds";
    Instant from = chain.getFirst().getNotBefore().toInstant();
    Instant end =
        chain.stream()
            .map(each -> each.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
    String remedy = "renew it; it is read again within 10 s, without a restart";
    if (end.isBefore(now)) {
      findings.wrong(tried, "it ended at " + end, remedy);
    } else if (from.isAfter(now)) {
      findings.wrong(tried, "it begins at " + from, "set this machine's clock, or renew it");
    } else if (end.isBefore(now.plus(SOON))) {
      findings.warning(tried, "it ends at " + end, remedy);
    } else {
      findings.fine(tried, "until " + end);
    }
  }

  private void names(Findings findings, X509Certificate own) throws CertificateParsingException {
    if (host == null) {
      return;
    }
    Collection<List<?>> names =
        Objects.requireNonNullElse(own.getSubjectAlternativeNames(), List.of());
    List<String> known = names.stream().map(name -> String.valueOf(name.get(1))).toList();
    String tried = "look for the name " + host + " in " + certificate;
    if (known.contains(host)) {
      findings.fine(tried, "it is there");
    } else {
      findings.warning(
          tried,
          known.isEmpty() ? "it has no names" : "it has " + String.join(", ", known),
          "add " + host + " to its subject alternative names, if clients come by that name");
    }
  }
}
