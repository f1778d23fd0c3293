package io.culvert.broker.endpoint;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Will;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttAuth;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.MqttWill;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import io.vertx.mqtt.messages.codes.MqttReasonCode;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Events of an endpoint as the packets that they came as. */
final class FromEndpoint {
  private FromEndpoint() {}

  /**
   * The CONNECT of an endpoint.
   *
   * @throws MqttViolation when the Will or a property is none that MQTT has
   */
  static Connect connect(MqttEndpoint endpoint) {
    MqttVersion version = MqttVersion.ofLevel(endpoint.protocolVersion());
    if (version == null) {
      throw new MqttViolation(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, null, "level " + endpoint.protocolVersion());
    }
    @Nullable String clientId = endpoint.clientIdentifier();
    @Nullable MqttAuth auth = endpoint.auth();
    try {
      return new Connect(
          version,
          endpoint.isCleanSession(),
          endpoint.keepAliveTimeSeconds(),
          clientId == null ? "" : clientId,
          will(endpoint.will()),
          auth == null ? null : auth.getUsername(),
          auth == null ? null : Bytes.utf8(auth.getPassword()),
          NettyProperties.from(endpoint.connectProperties()));
    } catch (IllegalArgumentException foreign) {
      throw new MqttViolation(ReasonCode.PROTOCOL_ERROR, null, "CONNECT: " + foreign.getMessage());
    }
  }

  /**
   * Takes all that the client sends, in place of the handlers that are there.
   *
   * @param packets gets each packet, which is translated when it is asked for
   */
  static void listen(MqttEndpoint endpoint, Consumer<Supplier<MqttPacket>> packets) {
    endpoint.publishAutoAck(false).autoKeepAlive(false).subscriptionAutoAck(false);
    endpoint
        .publishHandler(message -> packets.accept(() -> publish(message)))
        .publishAcknowledgeMessageHandler(
            ack ->
                packets.accept(
                    () ->
                        new PubAck(
                            ack.messageId(),
                            code(ack.code(), PacketType.PUBACK),
                            NettyProperties.from(ack.properties()))))
        .publishReceivedMessageHandler(
            ack ->
                packets.accept(
                    () ->
                        new PubRec(
                            ack.messageId(),
                            code(ack.code(), PacketType.PUBREC),
                            NettyProperties.from(ack.properties()))))
        .publishReleaseMessageHandler(
            ack ->
                packets.accept(
                    () ->
                        new PubRel(
                            ack.messageId(),
                            code(ack.code(), PacketType.PUBREL),
                            NettyProperties.from(ack.properties()))))
        .publishCompletionMessageHandler(
            ack ->
                packets.accept(
                    () ->
                        new PubComp(
                            ack.messageId(),
                            code(ack.code(), PacketType.PUBCOMP),
                            NettyProperties.from(ack.properties()))))
        .subscribeHandler(message -> packets.accept(() -> subscribe(message)))
        .unsubscribeHandler(
            message ->
                packets.accept(
                    () ->
                        new Unsubscribe(
                            message.messageId(),
                            message.topics(),
                            NettyProperties.from(message.properties()))))
        .pingHandler(ping -> packets.accept(() -> PingReq.INSTANCE))
        .disconnectMessageHandler(
            message ->
                packets.accept(
                    () ->
                        new Disconnect(
                            code(message.code(), PacketType.DISCONNECT),
                            NettyProperties.from(message.properties()))));
  }

  private static Publish publish(MqttPublishMessage message) {
    QoS qos = QoS.of(message.qosLevel().value());
    String topic = message.topicName();
    return new Publish(
        topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic), // with a Topic Alias
        Bytes.wrap(message.payload().getBytes()),
        qos,
        message.isRetain(),
        message.isDup(),
        qos == QoS.AT_MOST_ONCE ? 0 : message.messageId(),
        NettyProperties.from(message.properties()));
  }

  private static Subscribe subscribe(MqttSubscribeMessage message) {
    return new Subscribe(
        message.messageId(),
        message.topicSubscriptions().stream().map(FromEndpoint::entry).toList(),
        NettyProperties.from(message.properties()));
  }

  private static Subscribe.Entry entry(MqttTopicSubscription subscription) {
    MqttSubscriptionOption option = subscription.subscriptionOption();
    return new Subscribe.Entry(
        subscription.topicName(),
        new SubscriptionOptions(
            QoS.of(option.qos().value()),
            option.isNoLocal(),
            option.isRetainAsPublished(),
            RetainHandling.of(option.retainHandling().value())));
  }

  private static @Nullable Will will(@Nullable MqttWill will) {
    if (will == null || !will.isWillFlag()) {
      return null;
    }
    @Nullable Buffer payload = will.getWillMessage();
    return new Will(
        TopicName.of(will.getWillTopic()),
        payload == null ? Bytes.EMPTY : Bytes.wrap(payload.getBytes()),
        QoS.of(will.getWillQos()),
        will.isWillRetain(),
        NettyProperties.from(will.getWillProperties()));
  }

  private static ReasonCode code(MqttReasonCode code, PacketType in) {
    return ReasonCode.of(code.value() & 0xff, in);
  }
}
