package io.culvert.broker.config;

import io.culvert.broker.auth.CertificateField;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.TlsFiles;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS.
 *
 * @param tls its certificates
 * @param userField what of a client's certificate says which user it is
 */
public record TlsSettings(TlsFiles tls, CertificateField userField) {
  /**
   * From a section of {@code mqtt.listeners}; null where that names neither certificate nor key.
   */
  static @Nullable TlsSettings from(Configuration section) {
    TlsFiles tls = TlsFiles.from(section, "");
    return tls == null
        ? null
        : new TlsSettings(tls, CertificateField.of(section.text("user-from-certificate")));
  }

  /**
   * Adds what is wrong with it; looks at the files, so it blocks.
   *
   * @param path of the listener's section
   */
  void check(String path, List<Problem> problems) {
    tls.check(path, problems);
    if (namesUser() && !tls.asksClients()) {
      problems.add(
          new Problem(
              "", path + ".user-from-certificate", "needs client-certificates, which it reads"));
    }
  }

  /** All files that it reads. */
  public List<String> files() {
    return tls.files();
  }

  /** What it says. */
  public ServerSSLOptions options() {
    return tls.options();
  }

  /** The same options with this TLS. */
  public HttpServerOptions applyTo(HttpServerOptions options) {
    return tls.applyTo(options);
  }

  /** Whether a client's certificate says which user it is. */
  public boolean namesUser() {
    return userField != CertificateField.NONE;
  }

  void addTo(JsonObject section) {
    tls.addTo(section);
    section.put("user-from-certificate", userField.text());
  }
}
