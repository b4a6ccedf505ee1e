package dev.longshore.app.keyholder;

import dev.longshore.ocicrypt.PrivateKeys;
import dev.longshore.ocicrypt.Recipients;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;

/** Somebody with a key. */
record Holder(KeyPair pair) {
  static final Holder ALICE = make();
  static final Holder BOB = make();

  private static Holder make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new Holder(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Recipients recipient() throws IOException {
    return Recipients.parse(List.of("jwe:public"), _ -> pair.getPublic().getEncoded());
  }

  PrivateKeys keys() throws IOException {
    return PrivateKeys.parse(List.of("private"), _ -> pair.getPrivate().getEncoded());
  }
}
