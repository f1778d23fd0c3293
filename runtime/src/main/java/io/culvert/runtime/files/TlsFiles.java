package io.culvert.runtime.files;

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
 * How a server speaks TLS. All are files in PEM.
 *
 * @param certificates that of clients who ask for a name of no other one, and then those others
 * @param clientAuthority whose certificates clients may show, or null where none is asked for
 * @param clientCertificates {@code none}, {@code optional} or {@code required}
 */
public record TlsFiles(
    List<CertificateFiles> certificates,
    @Nullable String clientAuthority,
    String clientCertificates) {
  public TlsFiles {
    certificates = List.copyOf(certificates);
  }

  /**
   * From a section of the settings; null where that names neither certificate nor key.
   *
   * @param prefix of the keys in it
   */
  public static @Nullable TlsFiles from(Configuration section, String prefix) {
    List<Configuration> more = section.sections(prefix + "more-certificates");
    return section.isPresent(prefix + "certificate")
            || section.isPresent(prefix + "key")
            || !more.isEmpty()
        ? new TlsFiles(
            Stream.concat(
                    Stream.of(CertificateFiles.from(section, prefix)),
                    more.stream().map(each -> CertificateFiles.from(each, "")))
                .toList(),
            section.isPresent(prefix + "client-authority")
                ? section.text(prefix + "client-authority")
                : null,
            section.text(prefix + "client-certificates"))
        : null;
  }

  /**
   * Adds what is wrong with it; looks at the files, so it blocks.
   *
   * @param path of the section
   */
  public void check(String path, List<Problem> problems) {
    certificates.get(0).check(path, problems);
    for (int i = 1; i < certificates.size(); i++) {
      certificates.get(i).check(path + ".more-certificates[" + (i - 1) + "]", problems);
    }
    String authority = clientAuthority;
    if (authority != null) {
      CertificateFiles.checkFile(path + ".client-authority", authority, problems);
    }
    if (asksClients() != (authority != null)) {
      problems.add(
          new Problem(
              "",
              path + ".client-certificates",
              asksClients()
                  ? "needs client-authority, which names whose certificates they are"
                  : "is none, so that client-authority would mean nothing"));
    }
  }

  /**
   * Adds what is wrong with what is in the files, so that people are told which one it is; blocks.
   * For the start only: later one of them may have been replaced and not yet the other.
   *
   * @param path of the section
   */
  public void checkContents(String path, List<Problem> problems) {
    certificates.get(0).checkContents(path, problems);
    for (int i = 1; i < certificates.size(); i++) {
      certificates.get(i).checkContents(path + ".more-certificates[" + (i - 1) + "]", problems);
    }
    String authority = clientAuthority;
    if (authority != null) {
      var unused = new PemFile(path + ".client-authority", authority, problems).certificate();
    }
  }

  /** Whether clients are asked for certificates. */
  public boolean asksClients() {
    return !clientCertificates.equals("none");
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

  /** Writes it back into a section. */
  public void addTo(JsonObject section) {
    certificates.get(0).addTo(section);
    if (certificates.size() > 1) {
      JsonArray more = new JsonArray();
      certificates.stream().skip(1).forEach(pair -> more.add(pair.addTo(new JsonObject())));
      section.put("more-certificates", more);
    }
    section.put("client-certificates", clientCertificates);
    if (clientAuthority != null) {
      section.put("client-authority", clientAuthority);
    }
  }

  private ClientAuth clientAuth() {
    return switch (clientCertificates) {
      case "required" -> ClientAuth.REQUIRED;
      case "optional" -> ClientAuth.REQUEST;
      default -> ClientAuth.NONE;
    };
  }
}
