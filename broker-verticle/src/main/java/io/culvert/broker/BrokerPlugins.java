package io.culvert.broker;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.Authorizer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an application that embeds a broker adds to it.
 *
 * @param authenticators by the names under which chains of authentication may call them; asked in
 *     this order, before all others, where no chain is given
 * @param authorizers who say what clients may do, before the access control list; the first that
 *     has an opinion counts
 */
public record BrokerPlugins(
    Map<String, Authenticator> authenticators, List<Authorizer> authorizers) {
  public static final BrokerPlugins NONE = new BrokerPlugins(Map.of(), List.of());

  public BrokerPlugins {
    authenticators = Collections.unmodifiableMap(new LinkedHashMap<>(authenticators));
    authorizers = List.copyOf(authorizers);
    for (String name : authenticators.keySet()) {
      if (AuthChain.NAMES.contains(name)
          || name.equals(AuthChain.HTTP_PERMISSIONS)
          || name.equals(AuthChain.EVENT_BUS_PERMISSIONS)) {
        throw new IllegalArgumentException("there is a plug-in " + name + " already");
      }
    }
  }

  /** For {@link io.culvert.broker.config.BrokerOptions#parse}. */
  public Set<String> names() {
    return authenticators.keySet();
  }
}
