package io.culvert.runtime.driver;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * Whether keys are those of their certificates. Where they are not, as when one of two files was
 * replaced and not yet the other, each handshake would fail.
 */
final class KeyPairs {
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA");
  private static final byte[] TEXT = {1, 2, 3};

  private KeyPairs() {}

  /**
   * Tries each key.
   *
   * @throws GeneralSecurityException if one is another certificate's, or there is none
   */
  static void check(KeyManagerFactory keys) throws GeneralSecurityException {
    boolean found = false;
    for (KeyManager manager : keys.getKeyManagers()) {
      if (manager instanceof X509KeyManager pairs) {
        for (String type : KEY_TYPES) {
          String[] aliases = pairs.getServerAliases(type, null);
          for (String alias : aliases == null ? new String[0] : aliases) {
            found = true;
            check(pairs.getPrivateKey(alias), pairs.getCertificateChain(alias)[0]);
          }
        }
      }
    }
    if (!found) {
      throw new InvalidKeyException("there is no certificate with its key");
    }
  }

  private static void check(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm(certificate));
    try {
      signature.initSign(key);
      signature.update(TEXT);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(TEXT);
      if (signature.verify(signed)) {
        return;
      }
    } catch (InvalidKeyException e) {
      throw new InvalidKeyException(refusal(certificate), e);
    }
    throw new InvalidKeyException(refusal(certificate));
  }

  private static String refusal(X509Certificate certificate) {
    return "the key is not that of the certificate of " + certificate.getSubjectX500Principal();
  }

  private static String algorithm(X509Certificate certificate) {
    return switch (certificate.getPublicKey().getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> "EdDSA";
    };
  }
}
