package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
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
    assertThat(CertificateUser.of(null, CertificateField.COMMON_NAME)).isNull();
  }

  /** Of a device that names itself in every way; valid until 2126. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIB1zCCAXygAwIBAgIJAMaPHLoIO28IMAoGCCqGSM49BAMCMCUxEDAOBgNVBAoT
      B0V4YW1wbGUxETAPBgNVBAMTCGRldmljZS03MCAXDTI2MTEyODA1MzExN1oYDzIx
      MjYxMTA0MDUzMTE3WjAlMRAwDgYDVQQKEwdFeGFtcGxlMREwDwYDVQQDEwhkZXZp
      Y2UtNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGkr1o2Ov8KD4D2HFbw1vdRY
      lOEewl/6iGmdbr1qbQ+IGsgKOWVMESOh5z2K8kvYI8u3m16OIRWrn6kZTOLLts+j
      gZIwgY8wHQYDVR0OBBYEFJjWcanSBfGmmzwDXAalb/cmrdS1MG4GA1UdEQRnMGWC
      FGRldmljZS03LmV4YW1wbGUub3JnghJzZWNvbmQuZXhhbXBsZS5vcmeBFGRldmlj
      ZS03QGV4YW1wbGUub3Jnhh1zcGlmZmU6Ly9leGFtcGxlLm9yZy9kZXZpY2UtN4cE
      fwAAATAKBggqhkjOPQQDAgNJADBGAiEAvRfiQMQYDVS93J6UwLya9pqnaihM/Rcw
      hicGp2+7Fl0CIQDFK7im+rNAfu+o7NyCwka90v/mbH3eeMaP0g2QysasZQ==
      -----END CERTIFICATE-----
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NONE        |
          COMMON_NAME | device-7
          SUBJECT     | CN=device-7,O=Example
          SAN_DNS     | device-7.example.org
          SAN_EMAIL   | device-7@example.org
          SAN_URI     | spiffe://example.org/device-7
          """)
  void isTheFirstOfTheFieldThatTheListenerReads(CertificateField field, String user)
      throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
    assertThat(CertificateUser.inField(certificate, field)).isEqualTo(user);
    assertThat(CertificateField.of(field.text())).isEqualTo(field);
  }
}
