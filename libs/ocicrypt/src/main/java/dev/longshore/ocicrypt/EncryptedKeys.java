package dev.longshore.ocicrypt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Private keys that are themselves encrypted with a password. */
final class EncryptedKeys {
  /** Rounds of a password's hash: far over any default, and some seconds of work. */
  private static final int ROUNDS = 5_000_000;

  private EncryptedKeys() {}

  /** PKCS#8's own encryption, with whichever algorithms the JDK has. */
  static PrivateKey pkcs8(String what, byte[] der, byte[] password) throws OcicryptException {
    need(what, password);
    char[] text = characters(password);
    PBEKeySpec spec = new PBEKeySpec(text);
    byte[] plain = new byte[0];
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
      AlgorithmParameters parameters = info.getAlgParameters();
      if (parameters == null) {
        throw unsupported(what);
      }
      if (parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount() > ROUNDS) {
        throw OcicryptException.limit(
            what, "its password is hashed more than " + ROUNDS + " times");
      }
      // Of PBES2 only the parameters know which algorithms it is made of.
      String algorithm = parameters.toString();
      SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(Cipher.DECRYPT_MODE, key, parameters);
      plain = info.getKeySpec(cipher).getEncoded();
      return PrivateKeyFile.pkcs8(what, plain);
    } catch (OcicryptException e) {
      throw e;
    } catch (java.security.NoSuchAlgorithmException e) {
      throw unsupported(what);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      // What a wrong password decrypts to is noise, over which the JDK stumbles in many ways.
      throw wrong(what);
    } finally {
      spec.clearPassword();
      Arrays.fill(text, '\0');
      Secrets.wipe(plain);
    }
  }

  /** What OpenSSL wrote before PKCS#8: AES-CBC or 3DES with a key of MD5 (RFC 1421's headers). */
  static byte[] pem(String what, Pem block, byte[] password) throws OcicryptException {
    need(what, password);
    String[] info = block.header("DEK-Info").orElse("").split(",", 2);
    int keyBytes =
        switch (info[0]) {
          case "AES-128-CBC" -> 16;
          case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
          case "AES-256-CBC" -> 32;
          default -> throw unsupported(what);
        };
    String cipherName = info[0].startsWith("AES") ? "AES" : "DESede";
    byte[] key = new byte[0];
    try {
      byte[] iv = HexFormat.of().parseHex(info.length == 2 ? info[1].strip() : "");
      if (iv.length < 8) {
        throw OcicryptException.badKey(what, "its DEK-Info has no initial vector");
      }
      key = md5Key(password, Arrays.copyOf(iv, 8), keyBytes);
      Cipher cipher = Cipher.getInstance(cipherName + "/CBC/PKCS5Padding");
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, cipherName), new IvParameterSpec(iv));
      return cipher.doFinal(block.der());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw wrong(what);
    } finally {
      Secrets.wipe(key);
    }
  }

  private static byte[] md5Key(byte[] password, byte[] salt, int length)
      throws GeneralSecurityException {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    byte[] key = new byte[length];
    byte[] last = new byte[0];
    for (int at = 0; at < length; at += last.length) {
      md5.update(last);
      md5.update(password);
      md5.update(salt);
      Secrets.wipe(last);
      last = md5.digest();
      System.arraycopy(last, 0, key, at, Math.min(last.length, length - at));
    }
    Secrets.wipe(last);
    return key;
  }

  static char[] characters(byte[] password) {
    CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(password));
    char[] text = Arrays.copyOf(chars.array(), chars.limit());
    Arrays.fill(chars.array(), '\0');
    return text;
  }

  private static void need(String what, byte[] password) throws OcicryptException {
    if (password.length == 0) {
      throw new OcicryptException(
          OcicryptException.Kind.BAD_PASSWORD,
          what
              + ": it is encrypted: put its password behind the path, as in key.pem:file=password"
              + " or key.pem:env=VARIABLE");
    }
  }

  static OcicryptException wrong(String what) {
    return new OcicryptException(
        OcicryptException.Kind.BAD_PASSWORD, what + ": it does not open with this password");
  }

  private static OcicryptException unsupported(String what) {
    return OcicryptException.unsupported(what, "its encryption is none that this Java runtime has");
  }
}
