package dev.longshore.runtime.edge.access;

import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads already verified certificates. */
public final class Certificates {
  private Certificates() {}

  /** The peer certificate of a connection; empty without TLS, or if none was requested. */
  public static @Nullable X509Certificate shown(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates()[0] instanceof X509Certificate shown
          ? shown
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  /** The subject's CN, or the whole subject if it has none. */
  static String commonName(X509Certificate certificate) {
    String subject = subject(certificate);
    try {
      for (Rdn part : new LdapName(subject).getRdns().reversed()) {
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          return name;
        }
      }
    } catch (InvalidNameException e) {
      return subject;
    }
    return subject;
  }

  static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }
}
