package io.culvert.conformance.launcher;

import io.culvert.conformance.peer.Programs;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** Certificates that sign themselves, made by the JDK's keytool, as files in PEM. */
final class Certificates {
  private static final String SECRET = "toy-secret";
  private static final int LIMIT_SECONDS = 60;

  private Certificates() {}

  /** Writes {@code NAME.pem} and {@code NAME.key} to a folder. */
  static void write(Path folder, String name, String commonName) throws Exception {
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

  private static String pem(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
  }
}
