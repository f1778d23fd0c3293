package io.culvert.broker.endpoint;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubCompReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubRecReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubRelReasonCode;
import io.vertx.mqtt.messages.codes.MqttReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttUnsubAckReasonCode;
import java.util.List;

/** Packets of the broker as calls of an endpoint, which is told nothing once it is closed. */
final class ToEndpoint {
  private static final MqttDisconnectReasonCode[] DISCONNECT = MqttDisconnectReasonCode.values();
  private static final MqttPubAckReasonCode[] PUBACK = MqttPubAckReasonCode.values();
  private static final MqttPubRecReasonCode[] PUBREC = MqttPubRecReasonCode.values();
  private static final MqttPubRelReasonCode[] PUBREL = MqttPubRelReasonCode.values();
  private static final MqttPubCompReasonCode[] PUBCOMP = MqttPubCompReasonCode.values();
  private static final MqttSubAckReasonCode[] SUBACK = MqttSubAckReasonCode.values();
  private static final MqttUnsubAckReasonCode[] UNSUBACK = MqttUnsubAckReasonCode.values();

  private final MqttEndpoint endpoint;
  private final boolean five;
  private boolean open = true;

  ToEndpoint(MqttEndpoint endpoint) {
    this.endpoint = endpoint;
    this.five = endpoint.protocolVersion() >= 5;
  }

  boolean isOpen() {
    return open;
  }

  /** Completes when a PUBLISH is written, at once for all others. */
  Future<?> handle(MqttPacket packet) {
    if (packet instanceof Publish publish) {
      return publish(publish);
    } else if (packet instanceof ConnAck connAck) {
      connAck(connAck);
    } else if (packet instanceof PubAck ack) {
      endpoint.publishAcknowledge(
          ack.packetId(), code(PUBACK, ack.reasonCode()), NettyProperties.of(ack.properties()));
    } else if (packet instanceof PubRec ack) {
      endpoint.publishReceived(
          ack.packetId(), code(PUBREC, ack.reasonCode()), NettyProperties.of(ack.properties()));
    } else if (packet instanceof PubRel ack) {
      endpoint.publishRelease(
          ack.packetId(), code(PUBREL, ack.reasonCode()), NettyProperties.of(ack.properties()));
    } else if (packet instanceof PubComp ack) {
      endpoint.publishComplete(
          ack.packetId(), code(PUBCOMP, ack.reasonCode()), NettyProperties.of(ack.properties()));
    } else if (packet instanceof SubAck ack) {
      endpoint.subscribeAcknowledge(
          ack.packetId(), codes(SUBACK, ack.reasonCodes()), NettyProperties.of(ack.properties()));
    } else if (packet instanceof UnsubAck ack) {
      unsubAck(ack);
    } else if (packet instanceof PingResp) {
      endpoint.pong();
    } else if (packet instanceof Disconnect disconnect) {
      disconnect(disconnect.reasonCode(), disconnect.properties());
    } else {
      throw new IllegalStateException(packet.type() + " from the broker");
    }
    return Future.succeededFuture();
  }

  /** Refuses the CONNECT and closes. */
  void reject(ReasonCode reasonCode) {
    reject(reasonCode, Properties.EMPTY);
  }

  /** Says why, if there are words for it, and closes. */
  void disconnect(ReasonCode reasonCode) {
    disconnect(reasonCode, Properties.EMPTY);
  }

  void close() {
    if (open) {
      open = false;
      endpoint.close();
    }
  }

  /** It is closed already. */
  void closed() {
    open = false;
  }

  private Future<?> publish(Publish publish) {
    return endpoint.publish(
        publish.topic().toString(),
        Buffer.buffer(publish.payload().toByteArray()),
        MqttQoS.valueOf(publish.qos().value()),
        publish.dup(),
        publish.retain(),
        publish.packetId(),
        NettyProperties.of(publish.properties()));
  }

  private void connAck(ConnAck connAck) {
    if (connAck.reasonCode().isError()) {
      reject(connAck.reasonCode(), connAck.properties());
    } else {
      endpoint.accept(connAck.sessionPresent(), NettyProperties.of(connAck.properties()));
    }
  }

  private void unsubAck(UnsubAck ack) {
    if (five) {
      endpoint.unsubscribeAcknowledge(
          ack.packetId(), codes(UNSUBACK, ack.reasonCodes()), NettyProperties.of(ack.properties()));
    } else {
      endpoint.unsubscribeAcknowledge(ack.packetId());
    }
  }

  private void reject(ReasonCode reasonCode, Properties properties) {
    if (open) {
      open = false;
      int code = five ? reasonCode.value() : reasonCode.toReturnCode();
      endpoint.reject(MqttConnectReturnCode.valueOf((byte) code), NettyProperties.of(properties));
    }
  }

  private void disconnect(ReasonCode reasonCode, Properties properties) {
    if (open && five && endpoint.isConnected()) {
      open = false;
      endpoint.disconnect(code(DISCONNECT, reasonCode), NettyProperties.of(properties));
    } else {
      close();
    }
  }

  private static <C extends MqttReasonCode> List<C> codes(C[] all, List<ReasonCode> wanted) {
    return wanted.stream().map(code -> code(all, code)).toList();
  }

  private static <C extends MqttReasonCode> C code(C[] all, ReasonCode wanted) {
    for (C code : all) {
      if ((code.value() & 0xff) == wanted.value()) {
        return code;
      }
    }
    throw new IllegalStateException(wanted + " is not among " + all[0].getClass());
  }
}
