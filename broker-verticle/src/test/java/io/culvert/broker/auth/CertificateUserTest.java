package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who a certificate's subject is. */
class CertificateUserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          CN=device                  | device
          CN=device,OU=a,O=b         | device
          OU=a,CN=device             | device
          CN=inner,CN=outer,O=b      | inner
          cn=a\\,b\\+CN\\=c,O=d      | a,b+CN=c
          O=b                        | -
          ''                         | -
          CN=                        | -
          no name                    | -
          """)
  void isTheMostSpecificCommonName(String subject, String user) {
    assertThat(CertificateUser.commonName(subject)).isEqualTo(user);
  }

  @Test
  void isNobodyWithoutTls() {
    assertThat(CertificateUser.commonName((SSLSession) null)).isNull();
  }
}
