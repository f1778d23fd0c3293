package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random packets that may be sent, from one seed each, so that shrinking stays cheap. */
final class PacketArbitraries {
  private static final String[] PIECES = {
    "a",
    "Z",
    "/",
    "\u00e4",
    "\u20ac",
    "\ud83d\ude00",
    "\ufeff",
    "\u0001",
    "$",
    " ",
    "topic",
    "\uffff"
  };

  private final Random random;
  private final MqttVersion version;

  private PacketArbitraries(long seed, MqttVersion version) {
    this.random = new Random(seed);
    this.version = version;
  }

  /** Any packet that this version can carry without loss. */
  static MqttPacket packet(long seed, MqttVersion version) {
    return new PacketArbitraries(seed, version).packet();
  }

  private MqttPacket packet() {
    PacketType[] types = PacketType.values();
    PacketType type = types[random.nextInt(types.length - (version.isMqtt5() ? 0 : 1))];
    Properties properties = properties(type.value());
    return switch (type) {
      case CONNECT -> connect(properties);
      case CONNACK ->
          new ConnAck(
              version != MqttVersion.MQTT_3_1 && random.nextBoolean(),
              version.isMqtt5() ? code(type) : ReasonCode.ofReturnCode(random.nextInt(6)),
              properties);
      case PUBLISH -> publish(properties);
      case PUBACK -> new PubAck(id(), ackCode(type), properties);
      case PUBREC -> new PubRec(id(), ackCode(type), properties);
      case PUBREL -> new PubRel(id(), ackCode(type), properties);
      case PUBCOMP -> new PubComp(id(), ackCode(type), properties);
      case SUBSCRIBE -> new Subscribe(id(), entries(), properties);
      case SUBACK -> new SubAck(id(), codes(type), properties);
      case UNSUBSCRIBE -> new Unsubscribe(id(), texts(), properties);
      case UNSUBACK -> new UnsubAck(id(), version.isMqtt5() ? codes(type) : List.of(), properties);
      case PINGREQ -> PingReq.INSTANCE;
      case PINGRESP -> PingResp.INSTANCE;
      case DISCONNECT -> new Disconnect(ackCode(type), properties);
      case AUTH -> new Auth(code(type), properties);
    };
  }

  private Connect connect(Properties properties) {
    Will will =
        random.nextBoolean()
            ? null
            : new Will(topic(), bytes(), qos(), random.nextBoolean(), properties(Property.IN_WILL));
    String userName = random.nextBoolean() ? null : text();
    boolean password = random.nextBoolean() && (version.isMqtt5() || userName != null);
    return new Connect(
        version,
        random.nextBoolean(),
        random.nextInt(65_536),
        text(),
        will,
        userName,
        password ? bytes() : null,
        properties.has(Property.AUTHENTICATION_METHOD)
            ? properties
            : properties.without(Property.AUTHENTICATION_DATA));
  }

  private Publish publish(Properties properties) {
    QoS qos = qos();
    boolean above = qos != QoS.AT_MOST_ONCE;
    boolean aliasOnly = properties.has(Property.TOPIC_ALIAS) && random.nextBoolean();
    return new Publish(
        aliasOnly ? TopicName.EMPTY : topic(),
        bytes(),
        qos,
        random.nextBoolean(),
        above && random.nextBoolean(),
        above ? id() : 0,
        properties);
  }

  private List<Subscribe.Entry> entries() {
    List<Subscribe.Entry> entries = new ArrayList<>();
    for (String filter : texts()) {
      SubscriptionOptions options =
          version.isMqtt5()
              ? new SubscriptionOptions(
                  qos(),
                  random.nextBoolean(),
                  random.nextBoolean(),
                  RetainHandling.of(random.nextInt(3)))
              : SubscriptionOptions.of(qos());
      entries.add(new Subscribe.Entry(filter, options));
    }
    return entries;
  }

  private List<ReasonCode> codes(PacketType type) {
    List<ReasonCode> codes = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      codes.add(
          version.isMqtt5()
              ? code(type)
              : List.of(
                      ReasonCode.SUCCESS,
                      ReasonCode.GRANTED_QOS_1,
                      ReasonCode.GRANTED_QOS_2,
                      ReasonCode.UNSPECIFIED_ERROR)
                  .get(random.nextInt(4)));
    }
    return codes;
  }

  private ReasonCode ackCode(PacketType type) {
    return version.isMqtt5() && random.nextBoolean() ? code(type) : ReasonCode.SUCCESS;
  }

  private ReasonCode code(PacketType type) {
    ReasonCode[] all = ReasonCode.values();
    while (true) {
      ReasonCode code = all[random.nextInt(all.length)];
      if (code.allowedIn(type)) {
        return code;
      }
    }
  }

  private Properties properties(int place) {
    if (!version.isMqtt5() || random.nextInt(3) == 0) {
      return Properties.EMPTY;
    }
    List<Property> candidates = new ArrayList<>();
    for (Property property : Property.values()) {
      if ((property.bit() & Property.allowedAt(place)) != 0) {
        for (int i = property.repeatableAt(place) ? 3 : 1; i > 0; i--) {
          if (random.nextBoolean()) {
            candidates.add(property);
          }
        }
      }
    }
    Collections.shuffle(candidates, random);
    Properties.Builder builder = Properties.builder();
    candidates.forEach(property -> put(property, builder));
    return builder.build();
  }

  private void put(Property property, Properties.Builder builder) {
    switch (property.type()) {
      case BOOL, U8, U16, U32, VAR_INT -> {
        long range = property.maximum() - property.minimum() + 1;
        long value = random.nextBoolean() ? random.nextInt(3) : random.nextLong() >>> 1;
        builder.put(property, property.minimum() + value % range);
      }
      case UTF8 ->
          builder.put(property, property == Property.RESPONSE_TOPIC ? "r/" + text() : text());
      case BINARY -> builder.put(property, bytes());
      case UTF8_PAIR -> builder.userProperty(text(), text());
    }
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      texts.add(text());
    }
    return texts;
  }

  private TopicName topic() {
    return TopicName.of("t" + text());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return random.nextInt(50) == 0 ? "x".repeat(random.nextInt(30_000)) : text.toString();
  }

  private Bytes bytes() {
    byte[] bytes = new byte[random.nextInt(50) == 0 ? random.nextInt(40_000) : random.nextInt(40)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private QoS qos() {
    return QoS.of(random.nextInt(3));
  }

  private int id() {
    return 1 + random.nextInt(65_535);
  }
}
