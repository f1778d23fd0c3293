package io.culvert.broker.auth;

import io.culvert.runtime.driver.PeerCredentials;
import io.vertx.core.Future;
import java.util.Map;

/**
 * Lets processes of this machine in that connect to a Unix domain socket, by the user id that the
 * kernel knows of them. Of user ids without a name it has no opinion.
 */
public final class UnixAuthenticator implements Authenticator {
  private final Map<Long, String> users;

  /**
   * By user ids.
   *
   * @param users whose processes they are
   */
  public UnixAuthenticator(Map<Long, String> users) {
    this.users = Map.copyOf(users);
  }

  @Override
  public Verdict atOnce(LoginRequest request) {
    PeerCredentials process = request.peer().credentials();
    String user = process == null ? null : users.get(process.uid());
    return user == null ? Verdict.NO_OPINION : Verdict.accepted(user);
  }

  @Override
  public Future<Verdict> authenticate(LoginRequest request) {
    return Future.succeededFuture(atOnce(request));
  }
}
