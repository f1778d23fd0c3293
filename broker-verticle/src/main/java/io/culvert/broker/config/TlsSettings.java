package io.culvert.broker.config;

import io.culvert.broker.auth.CertificateField;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS. All are files in PEM.
 *
 * @param certificates that of clients who ask for a name of no other one, and then those others
 * @param clientAuthority whose certificates clients may show, or null where none is asked for
 * @param clientCertificates {@code none}, {@code optional} or {@code required}
 * @param userField what of a client's certificate says which user it is
 */
public record TlsSettings(
    List<CertificateFiles> certificates,
    @Nullable String clientAuthority,
    String clientCertificates,
    CertificateField userField) {
  public TlsSettings {
    certificates = List.copyOf(certificates);
  }

  /**
   * From a section of {@code mqtt.listeners}; null where that names neither certificate nor key.
   */
  static @Nullable TlsSettings from(Configuration section) {
    List<Configuration> more = section.sections("more-certificates");
    return section.isPresent("certificate") || section.isPresent("key") || !more.isEmpty()
        ? new TlsSettings(
            Stream.concat(Stream.of(section), more.stream()).map(CertificateFiles::from).toList(),
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
    certificates.get(0).check(path, problems);
    for (int i = 1; i < certificates.size(); i++) {
      certificates.get(i).check(path + ".more-certificates[" + (i - 1) + "]", problems);
    }
    String authority = clientAuthority;
    boolean asks = !clientCertificates.equals("none");
    if (authority != null) {
      CertificateFiles.checkFile(path + ".client-authority", authority, problems);
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

  /** All files that it reads. */
  public List<String> files() {
    List<String> files = new ArrayList<>();
    for (CertificateFiles pair : certificates) {
      files.add(pair.certificate());
      files.add(pair.key());
    }
    if (clientAuthority != null) {
      files.add(clientAuthority);
    }
    return files;
  }

  /** What it says. */
  public ServerSSLOptions options() {
    return applyTo(new HttpServerOptions()).getSslOptions();
  }

  /** The same options with this TLS. */
  public HttpServerOptions applyTo(HttpServerOptions options) {
    if (OpenSSLEngineOptions.isAvailable()) {
      options.setSslEngineOptions(new OpenSSLEngineOptions());
    }
    PemKeyCertOptions pairs = new PemKeyCertOptions();
    for (CertificateFiles pair : certificates) {
      pairs.addCertPath(pair.certificate()).addKeyPath(pair.key());
    }
    options
        .setSsl(true)
        .setKeyCertOptions(pairs)
        .setClientAuth(clientAuth())
        .setSni(certificates.size() > 1);
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

  private ClientAuth clientAuth() {
    return switch (clientCertificates) {
      case "required" -> ClientAuth.REQUIRED;
      case "optional" -> ClientAuth.REQUEST;
      default -> ClientAuth.NONE;
    };
  }

  void addTo(JsonObject section) {
    certificates.get(0).addTo(section);
    if (certificates.size() > 1) {
      JsonArray more = new JsonArray();
      certificates.stream().skip(1).forEach(pair -> more.add(pair.addTo(new JsonObject())));
      section.put("more-certificates", more);
    }
    section
        .put("client-certificates", clientCertificates)
        .put("user-from-certificate", userField.text());
    if (clientAuthority != null) {
      section.put("client-authority", clientAuthority);
    }
  }
}
