package io.culvert.broker;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.CertificateAuthenticator;
import io.culvert.broker.auth.PasswordAuthenticator;
import io.culvert.broker.auth.PasswordUsers;
import io.culvert.broker.config.AuthOptions;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/** The plug-ins of a broker by their names; the same for all its shards. */
final class Authenticators {
  private final Vertx vertx;
  private final BrokerPlugins own;

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
    this.own = own;
  }

  /** All, with users as these options have them. */
  Map<String, Authenticator> of(AuthOptions options) {
    Map<String, Authenticator> all = new HashMap<>();
    all.put(AuthChain.CERTIFICATE, new CertificateAuthenticator());
    PasswordUsers users = options.passwordUsers();
    if (users != null) {
      all.put(AuthChain.PASSWORD_FILE, new PasswordAuthenticator(vertx, users));
    }
    all.putAll(own.authenticators());
    return Map.copyOf(all);
  }
}
