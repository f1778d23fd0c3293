package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to a request goes.
 *
 * @param correlationData that it carries, or null
 */
record AnswerRoute(String topic, @Nullable Bytes correlationData, int qos) {
  /**
   * To the response topic of MQTT 5, or the one that the options name, or that of the plain
   * protocol. A requester cannot make a responder publish outside of the namespace, or ask others.
   */
  static AnswerRoute of(RpcMessage message, RpcTopic topic, RpcOptions asked) {
    String wanted = message.responseTopic() == null ? asked.replyTo() : message.responseTopic();
    Bytes correlationData = message.correlationData();
    return new AnswerRoute(
        wanted != null && isAllowed(topic.namespace(), wanted) ? wanted : topic.response().text(),
        correlationData == null ? null : correlationData.copy(),
        message.qos());
  }

  /**
   * The same answer, for who has asked again.
   *
   * @param leftMillis until nobody waits for it any more
   */
  RpcMessage address(RpcMessage answer, long leftMillis) {
    return new RpcMessage(
        topic,
        answer.payload(),
        qos,
        RpcMessage.secondsFor(Math.max(1, leftMillis)),
        null,
        correlationData);
  }

  private static boolean isAllowed(String namespace, String wanted) {
    RpcTopic parts = RpcTopic.find(wanted);
    return wanted.startsWith(namespace + "/")
        && wanted.chars().noneMatch(c -> c == '+' || c == '#' || c == 0)
        && (parts == null || parts.type() != RpcTopic.Type.REQUEST);
  }
}
