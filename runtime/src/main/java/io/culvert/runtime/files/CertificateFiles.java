package io.culvert.runtime.files;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and its key, in PEM.
 *
 * @param certificate the server's, and those between it and its authority
 * @param key of that certificate, in PKCS #8
 */
public record CertificateFiles(String certificate, String key) {

  /**
   * From a section of the settings.
   *
   * @param prefix of the keys in it
   */
  static CertificateFiles from(Configuration section, String prefix) {
    return new CertificateFiles(
        text(section, prefix + "certificate"), text(section, prefix + "key"));
  }

  void check(String path, List<Problem> problems) {
    checkFile(path + ".certificate", certificate, problems);
    checkFile(path + ".key", key, problems);
  }

  /** Adds what is wrong with what is in them; blocks. */
  void checkContents(String path, List<Problem> problems) {
    X509Certificate shown = new PemFile(path + ".certificate", certificate, problems).certificate();
    if (shown == null) {
      return;
    }
    PemFile keyFile = new PemFile(path + ".key", key, problems);
    PrivateKey own = keyFile.key(shown.getPublicKey());
    if (own == null) {
      return;
    }
    try {
      KeyPairs.check(own, shown);
    } catch (GeneralSecurityException e) {
      keyFile.refuse(String.valueOf(e.getMessage()));
    }
  }

  JsonObject addTo(JsonObject section) {
    return section.put("certificate", certificate).put("key", key);
  }

  /** Adds a problem where there is no file that could be read. Blocks. */
  public static void checkFile(String path, String file, List<Problem> problems) {
    if (file.isEmpty()) {
      problems.add(new Problem("", path, "is needed for TLS"));
      return;
    }
    try {
      if (!Files.isReadable(Path.of(file)) || Files.isDirectory(Path.of(file))) {
        problems.add(new Problem(file, path, "there is no such file that could be read"));
      }
    } catch (InvalidPathException e) {
      problems.add(new Problem(file, path, "is no name of a file"));
    }
  }

  private static String text(Configuration section, String key) {
    return section.isPresent(key) ? section.text(key) : "";
  }
}
