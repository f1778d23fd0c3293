package io.culvert.mqtt.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.MqttVectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Builds the packet that the fields of a vector describe. */
final class VectorPackets {
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z])[A-Z]");

  private VectorPackets() {}

  static MqttPacket of(MqttVectors.Valid vector) {
    JsonNode f = vector.fields();
    int packetId = f.path("packetId").asInt();
    ReasonCode code = code(vector);
    Properties properties = properties(f.path("properties"));
    return switch (PacketType.valueOf(vector.packet())) {
      case CONNECT -> connect(vector.version(), f, properties);
      case CONNACK -> new ConnAck(f.get("sessionPresent").asBoolean(), code, properties);
      case PUBLISH ->
          new Publish(
              topic(f.get("topic").asText()),
              Bytes.hex(f.get("payloadHex").asText()),
              QoS.of(f.get("qos").asInt()),
              f.get("retain").asBoolean(),
              f.get("dup").asBoolean(),
              packetId,
              properties);
      case PUBACK -> new PubAck(packetId, code, properties);
      case PUBREC -> new PubRec(packetId, code, properties);
      case PUBREL -> new PubRel(packetId, code, properties);
      case PUBCOMP -> new PubComp(packetId, code, properties);
      case SUBSCRIBE -> new Subscribe(packetId, entries(f.get("subscriptions")), properties);
      case SUBACK -> new SubAck(packetId, codes(f, PacketType.SUBACK), properties);
      case UNSUBSCRIBE -> new Unsubscribe(packetId, texts(f.get("filters")), properties);
      case UNSUBACK -> new UnsubAck(packetId, codes(f, PacketType.UNSUBACK), properties);
      case PINGREQ -> PingReq.INSTANCE;
      case PINGRESP -> PingResp.INSTANCE;
      case DISCONNECT -> new Disconnect(code, properties);
      case AUTH -> new Auth(code, properties);
    };
  }

  private static Connect connect(MqttVersion version, JsonNode f, Properties properties) {
    Will will = null;
    if (f.has("will")) {
      JsonNode w = f.get("will");
      will =
          new Will(
              topic(w.get("topic").asText()),
              Bytes.hex(w.get("payloadHex").asText()),
              QoS.of(w.get("qos").asInt()),
              w.get("retain").asBoolean(),
              properties(w.path("properties")));
    }
    return new Connect(
        version,
        f.get("cleanStart").asBoolean(),
        f.get("keepAlive").asInt(),
        f.get("clientId").asText(),
        will,
        f.has("username") ? f.get("username").asText() : null,
        f.has("passwordHex") ? Bytes.hex(f.get("passwordHex").asText()) : null,
        properties);
  }

  private static TopicName topic(String text) {
    return text.isEmpty() ? TopicName.EMPTY : TopicName.of(text);
  }

  private static ReasonCode code(MqttVectors.Valid vector) {
    JsonNode code = vector.fields().get("reasonCode");
    if (code == null) {
      return ReasonCode.SUCCESS;
    }
    return vector.version().isMqtt5()
        ? ReasonCode.of(code.asInt(), PacketType.valueOf(vector.packet()))
        : ReasonCode.ofReturnCode(code.asInt());
  }

  private static List<ReasonCode> codes(JsonNode f, PacketType type) {
    List<ReasonCode> codes = new ArrayList<>();
    f.path("reasonCodes").forEach(code -> codes.add(ReasonCode.of(code.asInt(), type)));
    return codes;
  }

  private static List<Subscribe.Entry> entries(JsonNode subscriptions) {
    List<Subscribe.Entry> entries = new ArrayList<>();
    for (JsonNode s : subscriptions) {
      entries.add(
          new Subscribe.Entry(
              s.get("filter").asText(),
              new SubscriptionOptions(
                  QoS.of(s.get("qos").asInt()),
                  s.path("noLocal").asBoolean(),
                  s.path("retainAsPublished").asBoolean(),
                  RetainHandling.of(s.path("retainHandling").asInt()))));
    }
    return entries;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Properties properties(JsonNode json) {
    Properties.Builder builder = Properties.builder();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      JsonNode value = field.getValue();
      switch (field.getKey()) {
        case "userProperties" ->
            value.forEach(p -> builder.userProperty(p.get(0).asText(), p.get(1).asText()));
        case "subscriptionIdentifiers" ->
            value.forEach(id -> builder.put(Property.SUBSCRIPTION_IDENTIFIER, id.asLong()));
        default -> put(builder, field.getKey(), value);
      }
    }
    return builder.build();
  }

  private static void put(Properties.Builder builder, String name, JsonNode value) {
    if (name.endsWith("Hex")) {
      builder.put(named(name.substring(0, name.length() - 3)), Bytes.hex(value.asText()));
    } else if (value.isTextual()) {
      builder.put(named(name), value.asText());
    } else {
      builder.put(named(name), value.asLong());
    }
  }

  private static Property named(String name) {
    String constant = HUMP.matcher(name.replace("QoS", "Qos")).replaceAll(VectorPackets::hump);
    return Property.valueOf(constant.toUpperCase(Locale.ROOT));
  }

  private static String hump(MatchResult found) {
    return "_" + found.group();
  }
}
