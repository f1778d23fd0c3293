package io.culvert.broker;

import io.culvert.broker.auth.Authenticator;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an application that embeds a broker adds to it.
 *
 * @param authenticators by the names under which chains of authentication may call them; asked in
 *     this order, before all others, where no chain is given
 */
public record BrokerPlugins(Map<String, Authenticator> authenticators) {
  public static final BrokerPlugins NONE = new BrokerPlugins(Map.of());

  public BrokerPlugins {
    authenticators = Collections.unmodifiableMap(new LinkedHashMap<>(authenticators));
  }

  /** For {@link io.culvert.broker.config.BrokerOptions#parse}. */
  public Set<String> names() {
    return authenticators.keySet();
  }
}
