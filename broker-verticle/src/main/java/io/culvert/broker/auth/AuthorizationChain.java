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
    int last = parts.size() - 1;
    Permissions all = parts.get(last).of(clientId, userName);
    if (granted != null) {
      all = new TwoPermissions(all, granted);
    }
    for (int i = last - 1; i >= 0; i--) {
      all = new TwoPermissions(parts.get(i).of(clientId, userName), all);
    }
    return all;
  }
}
