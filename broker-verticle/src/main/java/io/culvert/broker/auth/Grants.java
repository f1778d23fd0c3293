package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/** What whoever lets a client in says that it may do, as topic filters. */
public final class Grants {
  private Grants() {}

  /**
   * Compiled, for one client.
   *
   * @param denied goes before the others
   * @param denial the reason code of what is denied; one that the packet concerned does not know
   *     becomes 0x87
   * @throws IllegalArgumentException when one is no filter
   */
  public static Permissions of(
      List<String> publish, List<String> subscribe, List<String> denied, ReasonCode denial) {
    List<AclRule> rules = new ArrayList<>();
    add(rules, denied, AclRule.Access.DENY);
    add(rules, publish, AclRule.Access.WRITE);
    add(rules, subscribe, AclRule.Access.READ);
    return new AclPermissions(rules, denial);
  }

  private static void add(List<AclRule> rules, List<String> filters, AclRule.Access access) {
    for (String filter : filters) {
      rules.add(new AclRule(access, parse(filter)));
    }
  }

  private static TopicFilter parse(String text) {
    try {
      TopicFilter filter = TopicFilter.parse(text);
      if (!filter.isShared()) {
        return filter;
      }
    } catch (MqttViolation invalid) {
      throw new IllegalArgumentException("a granted topic is no topic filter", invalid);
    }
    throw new IllegalArgumentException("a granted topic names a shared subscription");
  }
}
