package io.culvert.rpc;

import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.buffer.Buffer;

/** Messages of RPC as those of the MQTT client, and back. Before MQTT 5 properties stay behind. */
record MqttMessages(boolean mqtt5) {
  static RpcMessage message(ReceivedMessage received) {
    Properties properties = received.properties();
    return new RpcMessage(
        received.topic(),
        Bytes.wrap(received.payload().getBytes()),
        received.qos().value(),
        properties.has(Property.MESSAGE_EXPIRY_INTERVAL)
            ? (Long) properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, 0)
            : null,
        received.responseTopic(),
        properties.binary(Property.CORRELATION_DATA));
  }

  OutgoingMessage outgoing(RpcMessage message) {
    return new OutgoingMessage(
        message.topic(),
        Buffer.buffer(message.payload().toByteArray()),
        QoS.of(message.qos()),
        /* retain= */ false,
        mqtt5 ? properties(message) : Properties.EMPTY,
        /* reliable= */ false);
  }

  OutgoingMessage retained(RpcMessage message) {
    return outgoing(message).withRetain(true);
  }

  private static Properties properties(RpcMessage message) {
    String responseTopic = message.responseTopic();
    Bytes correlation = message.correlationData();
    Long expiry = message.expirySeconds();
    if (responseTopic == null && correlation == null && expiry == null) {
      return Properties.EMPTY;
    }
    Properties.Builder builder = Properties.builder();
    if (expiry != null) {
      builder.put(Property.MESSAGE_EXPIRY_INTERVAL, expiry);
    }
    if (responseTopic != null) {
      builder.put(Property.RESPONSE_TOPIC, responseTopic);
    }
    if (correlation != null) {
      builder.put(Property.CORRELATION_DATA, correlation);
    }
    return builder.build();
  }
}
