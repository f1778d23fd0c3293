package io.culvert.broker.jwt;

import io.culvert.broker.auth.Grants;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a token says whose signature is good. */
final class TokenClaims {
  /** About the year 2070: with it sums are numbers, and no token is good for longer. */
  private static final long LATEST_EXPIRY_SECONDS = 100L * 366 * 24 * 3600;

  private TokenClaims() {}

  /**
   * Whether the client is let in by it.
   *
   * @param nowSeconds since 1970
   */
  static Verdict verdict(
      JsonObject claims, TokenRules rules, LoginRequest request, long nowSeconds) {
    Number expiry = number(claims, "exp");
    if (expiry == null) {
      return refused("the token never expires");
    }
    long validSeconds =
        Math.max(0, Math.min(LATEST_EXPIRY_SECONDS, expiry.longValue()))
            + rules.leewaySeconds()
            - nowSeconds;
    if (validSeconds <= 0) {
      return refused("the token has expired");
    }
    Number notBefore = claims.containsKey("nbf") ? number(claims, "nbf") : Long.valueOf(0);
    if (notBefore == null || notBefore.longValue() > nowSeconds + rules.leewaySeconds()) {
      return refused("the token is not valid yet");
    }
    if (rules.issuer() != null && !rules.issuer().equals(claims.getValue("iss"))) {
      return refused("the token is of another issuer");
    }
    if (rules.audience() != null && !isFor(rules.audience(), claims.getValue("aud"))) {
      return refused("the token is for another audience");
    }
    if (!(claims.getValue(rules.userClaim()) instanceof String user) || user.isEmpty()) {
      return refused("the token names no user");
    }
    if (request.userName() != null && !request.userName().equals(user)) {
      return refused("the token is another user's");
    }
    try {
      return new Verdict.Accepted(user, granted(claims, rules), validSeconds * 1000);
    } catch (IllegalArgumentException invalid) {
      return refused("the token grants what is no topic filter");
    }
  }

  private static boolean isFor(String audience, @Nullable Object stated) {
    return stated instanceof JsonArray several
        ? several.contains(audience)
        : audience.equals(stated);
  }

  private static @Nullable Permissions granted(JsonObject claims, TokenRules rules) {
    return rules.publishClaim() == null && rules.subscribeClaim() == null
        ? null
        : Grants.of(
            filters(claims, rules.publishClaim()),
            filters(claims, rules.subscribeClaim()),
            List.of(),
            ReasonCode.NOT_AUTHORIZED);
  }

  /** A claim that is not there grants nothing. */
  private static List<String> filters(JsonObject claims, @Nullable String claim) {
    Object stated = claim == null ? null : claims.getValue(claim);
    List<String> filters = new ArrayList<>();
    if (stated instanceof JsonArray array) {
      for (Object each : array) {
        filters.add(String.valueOf(each));
      }
    } else if (stated != null) {
      throw new IllegalArgumentException("no list");
    }
    return filters;
  }

  private static @Nullable Number number(JsonObject claims, String name) {
    return claims.getValue(name) instanceof Number number ? number : null;
  }

  private static Verdict refused(String reason) {
    return Verdict.refused(ReasonCode.BAD_USERNAME_OR_PASSWORD, reason);
  }
}
