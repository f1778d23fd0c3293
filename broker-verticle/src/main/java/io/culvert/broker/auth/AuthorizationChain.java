package io.culvert.broker.auth;

import io.culvert.mqtt.server.Authorization;
import io.culvert.mqtt.server.Permissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several that say who may do what: the first that has an opinion counts, and at last comes what
 * whoever let the client in says of it. What nobody allows is denied.
 */
public final class AuthorizationChain implements Authorization {
  private final List<Authorizer> parts;

  private AuthorizationChain(List<Authorizer> parts) {
    this.parts = List.copyOf(parts);
  }

  /** Of these, in their order; {@link Authorization#NONE} of none. */
  public static Authorization of(List<Authorizer> parts) {
    return parts.isEmpty() ? NONE : new AuthorizationChain(parts);
  }

  @Override
  public Permissions of(String clientId, @Nullable String userName, @Nullable Permissions granted) {
    Permissions all = granted;
    for (int i = parts.size() - 1; i >= 0; i--) {
      Permissions part = parts.get(i).of(clientId, userName);
      all = all == null ? part : new TwoPermissions(part, all);
    }
    return all == null ? Permissions.EVERYTHING : all;
  }
}
