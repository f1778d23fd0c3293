package io.culvert.broker.auth;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
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
   * What a field of the certificate says that the client has shown; TLS has found it to be of an
   * authority that counts.
   *
   * @return null where there is no certificate, or nothing in that field
   */
  public static @Nullable String of(@Nullable SSLSession session, CertificateField field) {
    if (session == null || field == CertificateField.NONE) {
      return null;
    }
    try {
      Certificate[] shown = session.getPeerCertificates();
      return shown[0] instanceof X509Certificate certificate ? inField(certificate, field) : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  static @Nullable String inField(X509Certificate certificate, CertificateField field) {
    String subject = certificate.getSubjectX500Principal().getName();
    return switch (field) {
      case NONE -> null;
      case COMMON_NAME -> commonName(subject);
      case SUBJECT -> subject.isEmpty() ? null : subject;
      case SAN_DNS, SAN_EMAIL, SAN_URI -> alternativeName(certificate, field.generalName());
    };
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

  private static @Nullable String alternativeName(X509Certificate certificate, int kind) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return null; // names nobody
    }
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      if (name.get(0) instanceof Integer number
          && number == kind
          && name.get(1) instanceof String text
          && !text.isEmpty()) {
        return text;
      }
    }
    return null;
  }
}
