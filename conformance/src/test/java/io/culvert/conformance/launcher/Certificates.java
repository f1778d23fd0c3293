package io.culvert.conformance.launcher;

import io.culvert.engine.testkit.Programs;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates that sign themselves, made by the JDK's keytool, as files in PEM. */
public final class Certificates {
  private static final String SECRET = "toy-secret";
  private static final int LIMIT_SECONDS = 60;

  private Certificates() {}

  /** Writes {@code NAME.pem} and {@code NAME.key} to a folder. */
  public static void write(Path folder, String name, String commonName) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Programs.run(
        folder,
        LIMIT_SECONDS,
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-validity",
        "30",
        "-dname",
        "CN=" + commonName,
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-ext",
        "bc:c=ca:true",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        SECRET);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, SECRET.toCharArray());
    }
    Files.writeString(
        folder.resolve(name + ".pem"), pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
    Files.writeString(
        folder.resolve(name + ".key"),
        pem("PRIVATE KEY", keys.getKey(name, SECRET.toCharArray()).getEncoded()));
  }

  /** Trusts one certificate. */
  static TrustManagerFactory trusting(Path certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory;
  }

  /** Trusts every server: for tests that look at the certificate that is shown. */
  static TrustManager[] any() {
    return new TrustManager[] {
      new X509ExtendedTrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[0];
        }
      }
    };
  }

  private static String pem(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
  }
}
