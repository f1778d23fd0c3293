package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list of rules says of one client: what a {@code deny} names is forbidden, of the rest is
 * allowed what some rule names; of what is left it has no opinion. The last topic of each direction
 * is remembered with its answer, because most clients go on with the same one.
 */
final class AclPermissions implements Permissions {
  private final List<AclRule> rules;
  private final ReasonCode denial;
  private TopicName lastPublished = TopicName.EMPTY;
  private @Nullable ReasonCode lastPublishedAnswer;
  private TopicName lastReceived = TopicName.EMPTY;
  private @Nullable ReasonCode lastReceivedAnswer;

  AclPermissions(List<AclRule> rules) {
    this(rules, ReasonCode.NOT_AUTHORIZED);
  }

  /**
   * As above.
   *
   * @param denial the reason code of what a {@code deny} names
   */
  AclPermissions(List<AclRule> rules, ReasonCode denial) {
    this.rules = List.copyOf(rules);
    this.denial = denial;
  }

  @Override
  public @Nullable ReasonCode publish(TopicName topic, QoS qos, boolean retain) {
    if (!topic.equals(lastPublished)) {
      lastPublishedAnswer = decide(topic, /* write= */ true);
      lastPublished = topic.copy();
    }
    return lastPublishedAnswer;
  }

  @Override
  public @Nullable ReasonCode receive(TopicName topic) {
    if (!topic.equals(lastReceived)) {
      lastReceivedAnswer = decide(topic, /* write= */ false);
      lastReceived = topic;
    }
    return lastReceivedAnswer;
  }

  @Override
  public @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos) {
    String[] levels = levels(filter);
    boolean allowed = false;
    for (AclRule rule : rules) {
      if (rule.access() == AclRule.Access.DENY) {
        if (filter.isShared() ? rule.overlaps(levels) : rule.contains(levels)) {
          return denial;
        }
      } else if (rule.access().mayRead()) {
        allowed |= filter.isShared() ? rule.contains(levels) : rule.overlaps(levels);
      }
    }
    return allowed ? ReasonCode.SUCCESS : null;
  }

  private @Nullable ReasonCode decide(TopicName topic, boolean write) {
    boolean allowed = false;
    for (AclRule rule : rules) {
      AclRule.Access access = rule.access();
      boolean concerns =
          access == AclRule.Access.DENY || (write ? access.mayWrite() : access.mayRead());
      if (concerns && (access == AclRule.Access.DENY || !allowed) && rule.matches(topic)) {
        if (access == AclRule.Access.DENY) {
          return denial;
        }
        allowed = true;
      }
    }
    return allowed ? ReasonCode.SUCCESS : null;
  }

  private static String[] levels(TopicFilter filter) {
    return new String(filter.levels().toByteArray(), StandardCharsets.UTF_8).split("/", -1);
  }
}
