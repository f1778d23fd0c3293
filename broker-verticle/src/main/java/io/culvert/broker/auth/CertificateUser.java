package io.culvert.broker.auth;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The user whom a client's certificate names. */
public final class CertificateUser {
  private CertificateUser() {}

  /**
   * The common name of the certificate that the client has shown; TLS has found it to be of an
   * authority that counts.
   *
   * @return null where there is no certificate, or no common name in it
   */
  public static @Nullable String commonName(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] shown = session.getPeerCertificates();
      return shown[0] instanceof X509Certificate certificate
          ? commonName(certificate.getSubjectX500Principal().getName())
          : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  /** The most specific CN of a distinguished name of RFC 2253. */
  static @Nullable String commonName(String distinguishedName) {
    try {
      List<Rdn> parts = new LdapName(distinguishedName).getRdns();
      for (int i = parts.size() - 1; i >= 0; i--) {
        Rdn part = parts.get(i);
        if (part.getType().equalsIgnoreCase("CN")
            && part.getValue() instanceof String name
            && !name.isEmpty()) {
          return name;
        }
      }
    } catch (InvalidNameException e) {
      return null; // names nobody
    }
    return null;
  }
}
