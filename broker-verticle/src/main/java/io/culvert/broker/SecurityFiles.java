package io.culvert.broker;

import io.culvert.broker.config.AuthOptions;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.files.FileWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of users and permissions from time to time, and reads all of them again when
 * one has changed. While one of them cannot be used, what was read before goes on to hold, and they
 * are tried again at each look.
 *
 * <p>Files are read on worker threads; everything else happens in the context that it was made in.
 */
final class SecurityFiles {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");
  private static final List<String> KEYS = List.of("password-file", "acl-file", "scram-file");
  private static final List<String> JWT_KEYS =
      List.of("secret-file", "public-key-file", "jwks-file");

  private final Vertx vertx;
  private final JsonObject config;
  private final Set<String> plugins;
  private final MqttBroker broker;
  private final OneAtATime reading = new OneAtATime(this::read);
  private AuthOptions holding;

  private SecurityFiles(
      Vertx vertx, JsonObject config, Set<String> plugins, MqttBroker broker, AuthOptions holding) {
    this.vertx = vertx;
    this.config = config;
    this.plugins = plugins;
    this.broker = broker;
    this.holding = holding;
  }

  /**
   * What the files are now; before they are read, so that no change is missed. Blocks.
   *
   * @param config of the verticle
   */
  static List<String> look(JsonObject config) {
    return FileWatch.look(named(config));
  }

  private static List<String> named(JsonObject config) {
    if (!(config.getValue("auth") instanceof JsonObject auth)) {
      return List.of(); // where that is wrong, whoever parses it says so
    }
    Stream<String> jwt =
        auth.getValue("jwt") instanceof JsonObject section ? files(section, JWT_KEYS) : Stream.of();
    return Stream.concat(files(auth, KEYS), jwt).toList();
  }

  /**
   * Those of a broker, which are watched from now on if there are any.
   *
   * @param plugins names of those that the application brings
   * @param holding what was read from them
   * @param seen what they were when they were read
   */
  static SecurityFiles watch(
      Vertx vertx,
      JsonObject config,
      Set<String> plugins,
      MqttBroker broker,
      AuthOptions holding,
      List<String> seen) {
    SecurityFiles files = new SecurityFiles(vertx, config, plugins, broker, holding);
    FileWatch.start(
        vertx, holding.reloadSeconds(), named(config), seen, files::reload, SecurityFiles::failed);
    return files;
  }

  /**
   * Reads them, whether or not they have changed. Never while they are read already, so that what
   * was read before a change cannot come to hold after it.
   */
  Future<Void> reload() {
    return reading.run();
  }

  /** Reads them, and changes nothing. Fails as {@link #reload} would. */
  Future<Void> check() {
    return parse().mapEmpty();
  }

  private Future<Void> read() {
    return parse()
        .compose(newest -> broker.secure(newest).onSuccess(done -> changed(newest.auth())));
  }

  private Future<BrokerOptions> parse() {
    return vertx.executeBlocking(() -> BrokerOptions.parse(config, plugins), /* ordered= */ false);
  }

  private void changed(AuthOptions newest) {
    LOG.info(
        "users and permissions were read again: {} (before: {})",
        newest.inNumbers(),
        holding.inNumbers());
    holding = newest;
  }

  private static void failed(Throwable failure) {
    if (failure instanceof ConfigurationException wrong) {
      LOG.error(
          "users and permissions stay as they were read before: {}",
          wrong.problems().stream().map(Object::toString).collect(Collectors.joining("; ")));
    } else {
      LOG.error("users and permissions could not be read again", failure);
    }
  }

  private static Stream<String> files(JsonObject section, List<String> keys) {
    return keys.stream()
        .flatMap(
            key -> section.getValue(key) instanceof String file ? Stream.of(file) : Stream.of());
  }
}
