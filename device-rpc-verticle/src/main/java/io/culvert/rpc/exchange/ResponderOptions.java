package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.PayloadRules;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.Set;

/**
 * Who answers.
 *
 * @param namespace first level of all topics; topics for answers that requesters name are below it
 * @param tag own tag
 * @param groups other tags under which requests come, such as {@code all}
 * @param rules how payloads are read and written
 * @param access who may do what
 */
public record ResponderOptions(
    String namespace,
    String tag,
    Set<String> groups,
    PayloadRules rules,
    ResponderLimits limits,
    AccessRules access) {
  public ResponderOptions {
    groups = Set.copyOf(groups);
    if (!RpcTopic.isLevel(namespace)
        || !RpcTopic.isLevel(tag)
        || !groups.stream().allMatch(RpcTopic::isLevel)) {
      throw new IllegalArgumentException("no level of a topic: " + namespace + ", " + tag);
    }
  }

  /** With the limits that suit most. */
  public static ResponderOptions of(String tag) {
    return new ResponderOptions(
        RpcTopic.DEFAULT_NAMESPACE,
        tag,
        Set.of(),
        PayloadRules.DEFAULT,
        ResponderLimits.DEFAULT,
        AccessRules.NONE);
  }

  public ResponderOptions withNamespace(String value) {
    return new ResponderOptions(value, tag, groups, rules, limits, access);
  }

  public ResponderOptions withGroups(Set<String> value) {
    return new ResponderOptions(namespace, tag, value, rules, limits, access);
  }

  public ResponderOptions withRules(PayloadRules value) {
    return new ResponderOptions(namespace, tag, groups, value, limits, access);
  }

  public ResponderOptions withLimits(ResponderLimits value) {
    return new ResponderOptions(namespace, tag, groups, rules, value, access);
  }

  public ResponderOptions withAccess(AccessRules value) {
    return new ResponderOptions(namespace, tag, groups, rules, limits, value);
  }
}
