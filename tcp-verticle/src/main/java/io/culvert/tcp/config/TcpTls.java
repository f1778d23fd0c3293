package io.culvert.tcp.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the settings for TLS. */
final class TcpTls {
  private static final String CERTIFICATE = "tcp.certificate";
  private static final String KEY = "tcp.key";
  private static final String AUTHORITY = "tcp.client-authority";
  private static final String CLIENTS = "tcp.client-certificates";

  private TcpTls() {}

  /** Null where neither certificate nor key is named. Looks at files, so it blocks. */
  static @Nullable ServerSSLOptions from(Configuration configuration, List<Problem> problems) {
    boolean asks = !configuration.text(CLIENTS).equals("none");
    boolean tls = configuration.isPresent(CERTIFICATE) || configuration.isPresent(KEY);
    if (asks != configuration.isPresent(AUTHORITY)) {
      problems.add(
          new Problem(
              "",
              CLIENTS,
              asks
                  ? "needs tcp.client-authority, which names whose certificates they are"
                  : "is none, so that tcp.client-authority would mean nothing"));
    }
    if (!tls) {
      if (asks) {
        problems.add(new Problem("", CLIENTS, "needs tcp.certificate: there is no TLS"));
      }
      return null;
    }
    ServerSSLOptions options = new ServerSSLOptions();
    options.setKeyCertOptions(
        new PemKeyCertOptions()
            .addCertPath(file(configuration, CERTIFICATE, problems))
            .addKeyPath(file(configuration, KEY, problems)));
    if (asks && configuration.isPresent(AUTHORITY)) {
      options.setTrustOptions(
          new PemTrustOptions().addCertPath(file(configuration, AUTHORITY, problems)));
      options.setClientAuth(
          configuration.text(CLIENTS).equals("required")
              ? ClientAuth.REQUIRED
              : ClientAuth.REQUEST);
    }
    return options;
  }

  private static String file(Configuration configuration, String key, List<Problem> problems) {
    if (!configuration.isPresent(key)) {
      problems.add(new Problem("", key, "is needed for TLS"));
      return "";
    }
    String file = configuration.text(key);
    try {
      if (!Files.isReadable(Path.of(file)) || Files.isDirectory(Path.of(file))) {
        problems.add(new Problem(file, key, "there is no such file that could be read"));
      }
    } catch (InvalidPathException e) {
      problems.add(new Problem(file, key, "is no name of a file"));
    }
    return file;
  }
}
