package dev.longshore.resolver.site.neighbor;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The TLS keys of a site's nodes. Each node derives the same keys and certificates from the site's
 * secrets, so anyone without these is not a node of the site.
 *
 * @param certificate in PEM, of the current secret
 * @param key its private key in PEM (PKCS #8)
 * @param believed in PEM, the certificates of all secrets
 */
public record NeighborKeys(String certificate, String key, String believed) {
  private static final String CURVE = "secp256r1";
  private static final X9ECParameters PARAMETERS = CustomNamedCurves.getByName(CURVE);
  private static final int PEM_LINE = 64;

  /** Bytes that are reduced to a private key: 128 bits more than it has (FIPS 186-5, A.2.1). */
  private static final int WIDE = 48;

  /** A clock that was set back, or ahead, is to keep nobody out. */
  private static final Instant FROM = Instant.EPOCH;

  private static final Instant TO = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * Those of a site's secrets.
   *
   * @param secrets as an admission has them, at least one
   * @throws IOException when one is none
   */
  public static NeighborKeys of(List<String> secrets) throws IOException {
    try {
      Made current = Made.of(secrets.getFirst());
      StringBuilder believed = new StringBuilder();
      for (String secret : secrets) {
        believed.append(Made.of(secret).certificate());
      }
      return new NeighborKeys(current.certificate(), current.key(), believed.toString());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the site's secrets make no keys: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "keys of a site's nodes";
  }

  private record Made(String certificate, String key) {
    static Made of(String secret) throws GeneralSecurityException, IOException {
      BigInteger number = number(Base64.getUrlDecoder().decode(secret));
      AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec(CURVE));
      ECParameterSpec curve = named.getParameterSpec(ECParameterSpec.class);
      ECPoint point = PARAMETERS.getG().multiply(number).normalize();
      KeyFactory keys = KeyFactory.getInstance("EC");
      PrivateKey own = keys.generatePrivate(new ECPrivateKeySpec(number, curve));
      PublicKey shown =
          keys.generatePublic(
              new ECPublicKeySpec(
                  new java.security.spec.ECPoint(
                      point.getAffineXCoord().toBigInteger(),
                      point.getAffineYCoord().toBigInteger()),
                  curve));
      TBSCertificate content = content(shown);
      ASN1EncodableVector signed = new ASN1EncodableVector();
      signed.add(content);
      signed.add(algorithm());
      signed.add(new DERBitString(signature(number, content.getEncoded())));
      return new Made(
          pem("CERTIFICATE", new DERSequence(signed).getEncoded()),
          pem("PRIVATE KEY", own.getEncoded()));
    }
  }

  private static BigInteger number(byte[] secret) throws GeneralSecurityException {
    byte[] wide =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(
                HKDFParameterSpec.ofExtract()
                    .addIKM(secret)
                    .thenExpand("longshore node key".getBytes(StandardCharsets.US_ASCII), WIDE));
    BigInteger most = PARAMETERS.getN().subtract(BigInteger.ONE);
    return new BigInteger(1, wide).mod(most).add(BigInteger.ONE);
  }

  private static TBSCertificate content(PublicKey key) {
    X500Name name = new X500Name("CN=node of a longshore site");
    V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
    content.setSerialNumber(new ASN1Integer(BigInteger.ONE));
    content.setSignature(algorithm());
    content.setIssuer(name);
    content.setSubject(name);
    content.setStartDate(new Time(Date.from(FROM)));
    content.setEndDate(new Time(Date.from(TO)));
    content.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    return content.generateTBSCertificate();
  }

  /** The same for the same bytes (RFC 6979). */
  private static byte[] signature(BigInteger number, byte[] content)
      throws GeneralSecurityException, IOException {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(
        true,
        new ECPrivateKeyParameters(
            number,
            new ECDomainParameters(PARAMETERS.getCurve(), PARAMETERS.getG(), PARAMETERS.getN())));
    BigInteger[] signed =
        signer.generateSignature(MessageDigest.getInstance("SHA-256").digest(content));
    return StandardDSAEncoding.INSTANCE.encode(PARAMETERS.getN(), signed[0], signed[1]);
  }

  private static AlgorithmIdentifier algorithm() {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  }

  private static String pem(String what, byte[] der) {
    byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(PEM_LINE, newline).encodeToString(der), what);
  }
}
