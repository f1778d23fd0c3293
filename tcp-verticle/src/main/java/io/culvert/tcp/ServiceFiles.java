package io.culvert.tcp;

import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.files.FileWatch;
import io.culvert.runtime.files.TlsFiles;
import io.culvert.tcp.config.TcpServiceOptions;
import io.culvert.tcp.wire.HmacAuth;
import io.culvert.tcp.wire.Secrets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of secrets and certificates, read again when they change. While one cannot be used,
 * what was read before goes on to hold, and it is tried again at each look.
 */
final class ServiceFiles {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  private final Vertx vertx;
  private final JsonObject config;

  private ServiceFiles(Vertx vertx, JsonObject config) {
    this.vertx = vertx;
    this.config = config;
  }

  /**
   * The options of a configuration, and what their files were just before they were read. Blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  static Loaded load(JsonObject config) {
    TcpServiceOptions names = TcpServiceOptions.parse(config);
    List<String> secrets = FileWatch.look(secretFiles(names));
    List<String> certificates = FileWatch.look(certificateFiles(names));
    return new Loaded(TcpServiceOptions.parse(config), secrets, certificates);
  }

  /** Watches them from now on, if there are any. */
  static void watch(
      Vertx vertx, JsonObject config, Loaded loaded, TcpServer server, @Nullable HmacAuth auth) {
    ServiceFiles files = new ServiceFiles(vertx, config);
    TcpServiceOptions options = loaded.options();
    int seconds = options.reloadSeconds();
    if (auth != null) {
      FileWatch.start(
          vertx,
          seconds,
          secretFiles(options),
          loaded.secrets(),
          () -> files.reload("secrets", newest -> changed(auth, newest)),
          failure -> failed("secrets", failure));
    }
    FileWatch.start(
        vertx,
        seconds,
        certificateFiles(options),
        loaded.certificates(),
        () -> files.reload("certificates", newest -> changed(server, newest)),
        failure -> failed("certificates", failure));
  }

  private Future<Void> reload(String what, Change change) {
    return vertx
        .executeBlocking(() -> TcpServiceOptions.parse(config), /* ordered= */ false)
        .compose(change::apply)
        .onSuccess(done -> LOG.info("{} of the TCP message service were read again", what));
  }

  private static void failed(String what, Throwable failure) {
    LOG.error(
        "{} of the TCP message service stay as they were read before: {}", what, reason(failure));
  }

  private static Future<Void> changed(HmacAuth auth, TcpServiceOptions newest) {
    Secrets secrets = newest.secrets();
    if (secrets != null) {
      auth.secrets(secrets);
    }
    return Future.succeededFuture();
  }

  private static Future<Void> changed(TcpServer server, TcpServiceOptions newest) {
    TlsFiles tls = newest.tls();
    return tls == null ? Future.succeededFuture() : server.reload(tls.options());
  }

  private static List<String> secretFiles(TcpServiceOptions options) {
    String file = options.secretFile();
    return file == null ? List.of() : List.of(file);
  }

  private static List<String> certificateFiles(TcpServiceOptions options) {
    TlsFiles tls = options.tls();
    return tls == null ? List.of() : tls.files();
  }

  private static String reason(Throwable failure) {
    return failure instanceof ConfigurationException wrong
        ? wrong.problems().stream().map(Object::toString).collect(Collectors.joining("; "))
        : String.valueOf(failure.getMessage());
  }

  /**
   * A configuration.
   *
   * @param secrets what the file of secrets was just before it was read
   * @param certificates the same of those for TLS
   */
  record Loaded(TcpServiceOptions options, List<String> secrets, List<String> certificates) {}

  @FunctionalInterface
  private interface Change {
    Future<Void> apply(TcpServiceOptions newest);
  }
}
