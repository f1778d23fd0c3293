package io.culvert.broker.auth;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What of a client's certificate is the name of the user. */
public enum CertificateField {
  NONE(0),
  /** The most specific CN of the subject. */
  COMMON_NAME(0),
  /** All of the subject, as RFC 2253 writes it. */
  SUBJECT(0),
  /** The first DNS name among the Subject Alternative Names. */
  SAN_DNS(2),
  /** The first e-mail address among them. */
  SAN_EMAIL(1),
  /** The first URI among them, such as a SPIFFE ID. */
  SAN_URI(6);

  /** The kind of GeneralName (RFC 5280 §4.2.1.6), or 0. */
  private final int generalName;

  CertificateField(int generalName) {
    this.generalName = generalName;
  }

  /** As the configuration writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The inverse of {@link #text}, for one of {@link #texts}. */
  public static CertificateField of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  public static List<String> texts() {
    return Stream.of(values()).map(CertificateField::text).toList();
  }

  int generalName() {
    return generalName;
  }
}
