package io.culvert.runtime.files;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether keys are those of their certificates. Where they are not, as when one of two files was
 * replaced and not yet the other, each handshake would fail.
 */
public final class KeyPairs {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA");
  private static final byte[] TEXT = {1, 2, 3};

  private KeyPairs() {}

  /**
   * Tries each key, and warns of certificates that hold no longer or not yet.
   *
   * @throws GeneralSecurityException if one is another certificate's, or there is none
   */
  public static void check(KeyManagerFactory keys) throws GeneralSecurityException {
    boolean found = false;
    for (KeyManager manager : keys.getKeyManagers()) {
      if (manager instanceof X509KeyManager pairs) {
        for (String type : KEY_TYPES) {
          String[] aliases = pairs.getServerAliases(type, null);
          for (String alias : aliases == null ? new String[0] : aliases) {
            found = true;
            X509Certificate certificate = pairs.getCertificateChain(alias)[0];
            check(pairs.getPrivateKey(alias), certificate);
            warn(certificate);
          }
        }
      }
    }
    if (!found) {
      throw new InvalidKeyException("there is no certificate with its key");
    }
  }

  /**
   * Tries one.
   *
   * @throws GeneralSecurityException if it is another certificate's
   */
  static void check(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
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

  /** The clock may be wrong, and clients may not look: so it is used all the same. */
  private static void warn(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      LOG.warn(
          "the certificate of {} holds from {} until {}: clients that look at it will not connect",
          certificate.getSubjectX500Principal(),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant());
    }
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
