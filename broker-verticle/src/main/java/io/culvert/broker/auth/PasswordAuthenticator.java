package io.culvert.broker.auth;

import io.culvert.engine.Bytes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Knows the users of a password file. A password that is not known yet is hashed on a worker
 * thread. Of a name that is not in the file it has no opinion, but only after as long as a wrong
 * password takes, so that time does not tell which names there are.
 */
public final class PasswordAuthenticator implements Authenticator {
  private final Vertx vertx;
  private final PasswordUsers users;

  public PasswordAuthenticator(Vertx vertx, PasswordUsers users) {
    this.vertx = vertx;
    this.users = users;
  }

  @Override
  public @Nullable Verdict atOnce(LoginRequest request) {
    String userName = request.userName();
    Bytes password = request.password();
    if (userName == null || password == null) {
      return Verdict.NO_OPINION;
    }
    return users.isKnown(userName, password.toByteArray()) ? Verdict.accepted(userName) : null;
  }

  @Override
  public Future<Verdict> authenticate(LoginRequest request) {
    String userName = request.userName();
    Bytes password = request.password();
    return userName == null || password == null
        ? Future.succeededFuture(Verdict.NO_OPINION)
        : vertx.executeBlocking(
            () -> check(userName, password.toByteArray()), /* ordered= */ false);
  }

  private Verdict check(String userName, byte[] password) {
    if (users.check(userName, password)) {
      return Verdict.accepted(userName);
    }
    return users.contains(userName) ? Verdict.WRONG_CREDENTIALS : Verdict.NO_OPINION;
  }
}
