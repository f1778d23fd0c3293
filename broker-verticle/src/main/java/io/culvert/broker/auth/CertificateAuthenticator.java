package io.culvert.broker.auth;

import io.vertx.core.Future;

/** Lets the users in whom certificates name: TLS has found that these are of a good authority. */
public final class CertificateAuthenticator implements Authenticator {
  @Override
  public Verdict atOnce(LoginRequest request) {
    String user = request.certificateUser();
    return user == null ? Verdict.NO_OPINION : Verdict.accepted(user);
  }

  @Override
  public Future<Verdict> authenticate(LoginRequest request) {
    return Future.succeededFuture(atOnce(request));
  }
}
