package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Failures in words for people. */
class EndingTest {
  @Test
  void ofTlsTheFirstCauseSaysWhatIsWrong() {
    assertThat(tls(new CertificateExpiredException("NotAfter: yesterday")))
        .isEqualTo("its certificate has expired: NotAfter: yesterday");
    assertThat(tls(new CertificateNotYetValidException("NotBefore: tomorrow")))
        .isEqualTo("its certificate is not valid yet: NotBefore: tomorrow");
    assertThat(tls(new CertPathValidatorException("signature check failed")))
        .isEqualTo("signature check failed");
  }

  @Test
  void aFailureWithoutWordsHasAName() {
    assertThat(Ending.reason(new IOException("Connection refused")))
        .isEqualTo("Connection refused");
    assertThat(Ending.reason(new IOException())).isEqualTo("IOException");
  }

  private static String tls(Exception cause) {
    SSLHandshakeException failure = new SSLHandshakeException("PKIX path validation failed");
    failure.initCause(new CertPathValidatorException("validity check failed", cause));
    return Ending.reason(failure);
  }
}
