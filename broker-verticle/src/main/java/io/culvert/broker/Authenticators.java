package io.culvert.broker;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.CertificateAuthenticator;
import io.culvert.broker.auth.PasswordAuthenticator;
import io.culvert.broker.auth.PasswordUsers;
import io.culvert.broker.auth.UnixAuthenticator;
import io.culvert.broker.config.AuthOptions;
import io.culvert.broker.config.PluginOptions;
import io.culvert.broker.jwt.JwtAuthenticator;
import io.culvert.broker.jwt.JwtOptions;
import io.culvert.broker.remote.RemoteAuthenticator;
import io.culvert.broker.remote.RemoteOptions;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plug-ins of a broker by their names; the same for all its shards. Those that ask others live
 * as long as the broker; what was read from files is replaced.
 */
final class Authenticators {
  /** Are asked what a client may do that was let in without being told so. */
  static final List<String> PERMISSIONS =
      List.of(AuthChain.HTTP_PERMISSIONS, AuthChain.EVENT_BUS_PERMISSIONS);

  private final Vertx vertx;
  private final Map<String, Authenticator> lasting = new HashMap<>();
  private final List<Runnable> closing = new ArrayList<>();
  private final @Nullable JwtAuthenticator jwt;

  /**
   * @throws IllegalArgumentException if the options name plug-ins that the application has not
   *     brought
   */
  Authenticators(Vertx vertx, BrokerPlugins own, AuthOptions options) {
    if (!own.names().equals(options.ownPlugins())) {
      throw new IllegalArgumentException(
          "the options were read for plug-ins " + options.ownPlugins() + ", not " + own.names());
    }
    this.vertx = vertx;
    lasting.put(AuthChain.CERTIFICATE, new CertificateAuthenticator());
    PluginOptions others = options.plugins();
    if (!others.unixUsers().isEmpty()) {
      lasting.put(AuthChain.UNIX, new UnixAuthenticator(others.unixUsers()));
    }
    addHttp(AuthChain.HTTP, others.http(), others);
    addHttp(AuthChain.HTTP_PERMISSIONS, others.httpPermissions(), others);
    addBus(AuthChain.EVENT_BUS, others.busAddress(), others);
    addBus(AuthChain.EVENT_BUS_PERMISSIONS, others.busPermissionsAddress(), others);
    JwtOptions tokens = others.jwt();
    this.jwt = tokens == null ? null : JwtAuthenticator.create(vertx, tokens);
    if (jwt != null) {
      closing.add(jwt::close);
    }
    lasting.putAll(own.authenticators());
  }

  /** All, with users and keys as these options have them. */
  Map<String, Authenticator> of(AuthOptions options) {
    Map<String, Authenticator> all = new HashMap<>(lasting);
    PasswordUsers users = options.passwordUsers();
    if (users != null) {
      all.put(AuthChain.PASSWORD_FILE, new PasswordAuthenticator(vertx, users));
    }
    JwtOptions tokens = options.plugins().jwt();
    if (jwt != null && tokens != null) {
      all.put(AuthChain.JWT, jwt.with(tokens));
    }
    return Map.copyOf(all);
  }

  /** Nobody is asked any more. */
  void close() {
    closing.forEach(Runnable::run);
  }

  private void addHttp(String name, @Nullable RemoteOptions options, PluginOptions others) {
    if (options != null) {
      add(
          name,
          RemoteAuthenticator.http(vertx, options, others.cachedAnswers(), others.cacheMillis()));
    }
  }

  private void addBus(String name, @Nullable String address, PluginOptions others) {
    if (address != null) {
      add(name, RemoteAuthenticator.eventBus(vertx, address, others.busTimeoutMillis()));
    }
  }

  private void add(String name, RemoteAuthenticator plugin) {
    lasting.put(name, plugin);
    closing.add(plugin::close);
  }
}
