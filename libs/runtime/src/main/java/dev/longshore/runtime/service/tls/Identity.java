package dev.longshore.runtime.service.tls;

import dev.longshore.settings.WatchedFiles;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;

/** This side's certificate and its key. */
final class Identity {
  private static final byte[] SAMPLE = {1};

  private final AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
  private final WatchedFiles files;

  Identity(Path certificate, Path key) {
    this.files =
        CertificateFiles.watch(
            List.of(certificate, key),
            () -> {
              List<X509Certificate> chain = PemFiles.certificates(certificate);
              PrivateKey own = PemFiles.key(key);
              requirePair(chain.getFirst(), own);
              manager.updateIdentityCredentials(chain.toArray(X509Certificate[]::new), own);
            });
  }

  X509ExtendedKeyManager manager() {
    return manager;
  }

  /** Rereads the files now. */
  void look() {
    files.look();
  }

  /** Two files never change at the same instant: a change of only one is of no use. */
  private static void requirePair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    boolean rsa = key.getAlgorithm().equals("RSA");
    Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(key);
    signature.update(SAMPLE);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(SAMPLE);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
  }
}
