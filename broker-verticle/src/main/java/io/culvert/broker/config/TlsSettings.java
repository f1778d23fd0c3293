package io.culvert.broker.config;

import io.culvert.broker.auth.CertificateField;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TCPSSLOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS. All are files in PEM.
 *
 * @param certificate the server's, and those between it and its authority
 * @param key of that certificate, in PKCS #8
 * @param clientAuthority whose certificates clients may show, or null where none is asked for
 * @param clientCertificates {@code none}, {@code optional} or {@code required}
 * @param userField what of a client's certificate says which user it is
 */
public record TlsSettings(
    String certificate,
    String key,
    @Nullable String clientAuthority,
    String clientCertificates,
    CertificateField userField) {

  /**
   * From a section of {@code mqtt.listeners}; null where that names neither certificate nor key.
   */
  static @Nullable TlsSettings from(Configuration section) {
    return section.isPresent("certificate") || section.isPresent("key")
        ? new TlsSettings(
            text(section, "certificate"),
            text(section, "key"),
            section.isPresent("client-authority") ? section.text("client-authority") : null,
            section.text("client-certificates"),
            CertificateField.of(section.text("user-from-certificate")))
        : null;
  }

  /**
   * Adds what is wrong with it; looks at the files, so it blocks.
   *
   * @param path of the listener's section
   */
  void check(String path, List<Problem> problems) {
    checkFile(path + ".certificate", certificate, problems);
    checkFile(path + ".key", key, problems);
    String authority = clientAuthority;
    boolean asks = !clientCertificates.equals("none");
    if (authority != null) {
      checkFile(path + ".client-authority", authority, problems);
    }
    if (namesUser() && !asks) {
      problems.add(
          new Problem(
              "", path + ".user-from-certificate", "needs client-certificates, which it reads"));
    }
    if (asks != (authority != null)) {
      problems.add(
          new Problem(
              "",
              path + ".client-certificates",
              asks
                  ? "needs client-authority, which names whose certificates they are"
                  : "is none, so that client-authority would mean nothing"));
    }
  }

  /** The same options with this TLS. */
  public <O extends TCPSSLOptions> O applyTo(O options) {
    if (OpenSSLEngineOptions.isAvailable()) {
      options.setSslEngineOptions(new OpenSSLEngineOptions());
    }
    options
        .setSsl(true)
        .setKeyCertOptions(new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key));
    String authority = clientAuthority;
    if (authority != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(authority));
    }
    return options;
  }

  /** Whether a client's certificate says which user it is. */
  public boolean namesUser() {
    return userField != CertificateField.NONE;
  }

  /** What is asked of clients. */
  public ClientAuth clientAuth() {
    return switch (clientCertificates) {
      case "required" -> ClientAuth.REQUIRED;
      case "optional" -> ClientAuth.REQUEST;
      default -> ClientAuth.NONE;
    };
  }

  void addTo(JsonObject section) {
    section
        .put("certificate", certificate)
        .put("key", key)
        .put("client-certificates", clientCertificates)
        .put("user-from-certificate", userField.text());
    if (clientAuthority != null) {
      section.put("client-authority", clientAuthority);
    }
  }

  private static String text(Configuration section, String key) {
    return section.isPresent(key) ? section.text(key) : "";
  }

  static void checkFile(String path, String file, List<Problem> problems) {
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
}
