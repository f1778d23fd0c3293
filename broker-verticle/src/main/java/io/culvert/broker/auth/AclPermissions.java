package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an access control list says of one client: what a {@code deny} names is forbidden, of the
 * rest is allowed what some rule names. The last topic of each direction is remembered with its
 * answer, because most clients go on with the same one.
 */
final class AclPermissions implements Permissions {
  private final List<AclRule> rules;
  private TopicName lastPublished = TopicName.EMPTY;
  private boolean mayPublishLast;
  private TopicName lastReceived = TopicName.EMPTY;
  private boolean mayReceiveLast;

  AclPermissions(List<AclRule> rules) {
    this.rules = List.copyOf(rules);
  }

  @Override
  public boolean mayPublish(TopicName topic) {
    if (!topic.equals(lastPublished)) {
      mayPublishLast = decide(topic, /* write= */ true);
      lastPublished = topic.copy();
    }
    return mayPublishLast;
  }

  @Override
  public boolean mayReceive(TopicName topic) {
    if (!topic.equals(lastReceived)) {
      mayReceiveLast = decide(topic, /* write= */ false);
      lastReceived = topic;
    }
    return mayReceiveLast;
  }

  @Override
  public boolean maySubscribe(TopicFilter filter) {
    String[] levels = levels(filter);
    boolean allowed = false;
    for (AclRule rule : rules) {
      if (rule.access() == AclRule.Access.DENY) {
        if (filter.isShared() ? rule.overlaps(levels) : rule.contains(levels)) {
          return false;
        }
      } else if (rule.access().mayRead()) {
        allowed |= filter.isShared() ? rule.contains(levels) : rule.overlaps(levels);
      }
    }
    return allowed;
  }

  private boolean decide(TopicName topic, boolean write) {
    boolean allowed = false;
    for (AclRule rule : rules) {
      AclRule.Access access = rule.access();
      boolean concerns =
          access == AclRule.Access.DENY || (write ? access.mayWrite() : access.mayRead());
      if (concerns && (access == AclRule.Access.DENY || !allowed) && rule.matches(topic)) {
        if (access == AclRule.Access.DENY) {
          return false;
        }
        allowed = true;
      }
    }
    return allowed;
  }

  private static String[] levels(TopicFilter filter) {
    return new String(filter.levels().toByteArray(), StandardCharsets.UTF_8).split("/", -1);
  }
}
