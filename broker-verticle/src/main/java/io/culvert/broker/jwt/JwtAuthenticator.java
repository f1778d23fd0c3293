package io.culvert.broker.jwt;

import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.culvert.broker.remote.RemoteOptions;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients in whose password is a token that somebody with a key has signed. Has no opinion of
 * a password that does not look like one. The client is let go when its token expires.
 */
public final class JwtAuthenticator implements Authenticator {
  private static final Verdict MALFORMED = refused("the token is malformed");
  private static final Verdict NOT_SIGNED =
      refused("the token is not signed by a key that counts here");

  private final Vertx vertx;
  private final TokenKeys keys;
  private final @Nullable KeyServer server;
  private final TokenRules rules;

  private JwtAuthenticator(
      Vertx vertx, TokenKeys keys, @Nullable KeyServer server, TokenRules rules) {
    this.vertx = vertx;
    this.keys = keys;
    this.server = server;
    this.rules = rules;
  }

  /** Asks the server for keys at once, if there is one. */
  public static JwtAuthenticator create(Vertx vertx, JwtOptions options) {
    RemoteOptions remote = options.keyServer();
    KeyServer server =
        remote == null
            ? null
            : new KeyServer(vertx, remote, options.refreshSeconds(), options.unknownKeySeconds());
    return new JwtAuthenticator(vertx, options.keys(), server, options.rules());
  }

  /** The same with other keys from files. */
  public JwtAuthenticator with(JwtOptions newest) {
    return new JwtAuthenticator(vertx, newest.keys(), server, newest.rules());
  }

  @Override
  public @Nullable Verdict atOnce(LoginRequest request) {
    return Token.isOne(request.password()) ? null : Verdict.NO_OPINION;
  }

  @Override
  public Future<Verdict> authenticate(LoginRequest request) {
    Bytes password = request.password();
    if (password == null || !Token.isOne(password)) {
      return Future.succeededFuture(Verdict.NO_OPINION);
    }
    Token token = Token.parse(password);
    if (token == null) {
      return Future.succeededFuture(MALFORMED);
    }
    KeyServer asked = server;
    if (asked == null) {
      return verdict(token, TokenKeys.NONE, request);
    }
    String keyId = token.keyId();
    return keyId != null && keys.knows(keyId)
        ? verdict(token, TokenKeys.NONE, request)
        : asked.keys(keyId).compose(more -> verdict(token, more, request));
  }

  /** Asks no server any more. */
  public void close() {
    if (server != null) {
      server.close();
    }
  }

  private Future<Verdict> verdict(Token token, TokenKeys more, LoginRequest request) {
    if (keys.isEmpty() && more.isEmpty()) {
      return Future.failedFuture("there are no keys yet");
    }
    return vertx.executeBlocking(
        () -> {
          JsonObject claims = keys.verified(token);
          claims = claims == null ? more.verified(token) : claims;
          return claims == null
              ? NOT_SIGNED
              : TokenClaims.verdict(claims, rules, request, TokenClock.nowSeconds());
        },
        /* ordered= */ false);
  }

  private static Verdict refused(String reason) {
    return Verdict.refused(ReasonCode.BAD_USERNAME_OR_PASSWORD, reason);
  }
}
