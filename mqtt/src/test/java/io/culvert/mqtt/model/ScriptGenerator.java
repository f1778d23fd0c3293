package io.culvert.mqtt.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.model.Step.Answer;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes a script from a seed: few clients, few topics, few identifiers, so that they meet. */
public final class ScriptGenerator {
  /** Client identifiers are {@code c0}, {@code c1} and so on. */
  public static final int MOST_CLIENTS = 5;

  private static final int LARGE_BYTES = 100;
  private static final List<String> TOPICS =
      List.of("a", "b", "a/b", "a/c", "a/b/c", "b/c", "/a", "$x/a");
  private static final List<String> FILTERS =
      List.of("a", "b", "a/b", "#", "+", "a/#", "a/+", "+/b", "+/+/c", "b/#", "/+", "$x/#", "w/#");

  /** In one script no two of them match the same topic: who got what could not be told apart. */
  private static final List<List<String>> SHARED =
      List.of(
          List.of("$share/g/a/#", "$share/g/b/+"),
          List.of(),
          List.of("$share/g/#"),
          List.of("$share/h/+", "$share/g/a/b", "$share/h/$x/#"));

  private static final List<String> WRONG =
      List.of("a/#/b", "a+", "#b", "$share/g", "$share//a", "$share/+/a", "$share/g/", "");

  private final Random random;
  private final long seed;
  private final Profile profile;
  private final int clients;
  private final MqttVersion[] versions;
  private final List<String> sharedFilters;
  private final Map<String, Publish> sent = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private int payloads;

  /**
   * What a script may contain.
   *
   * @param steps how many
   * @param time whether time passes in it
   * @param bad how many of a hundred steps are wrong bytes
   */
  public record Profile(int steps, boolean time, int bad) {}

  private ScriptGenerator(long seed, Profile profile) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.seed = seed;
    this.profile = profile;
    this.clients = 2 + random.nextInt(MOST_CLIENTS - 1);
    this.versions = new MqttVersion[clients];
    this.sharedFilters = SHARED.get(random.nextInt(SHARED.size()));
    for (int i = 0; i < clients; i++) {
      versions[i] = chance(35) ? MqttVersion.MQTT_3_1_1 : MqttVersion.MQTT_5;
    }
  }

  public static Script generate(long seed, Profile profile) {
    return new ScriptGenerator(seed, profile).script();
  }

  /** All topics that anything is published to. */
  public static List<String> topics() {
    List<String> all = new ArrayList<>(TOPICS);
    for (int i = 0; i < MOST_CLIENTS; i++) {
      all.add("w/" + i);
    }
    return all;
  }

  private Script script() {
    for (int slot = 0; slot < clients; slot++) {
      steps.add(new Step.Connecting(slot, connect(slot, slot)));
      if (chance(80)) {
        steps.add(new Step.Sending(slot, subscribe()));
      }
    }
    for (int i = 0; i < profile.steps; i++) {
      step();
    }
    for (int slot = 0; slot < clients; slot++) { // all that is owed comes in the end
      boolean five = versions[slot].isMqtt5();
      steps.add(new Step.Connecting(slot, connect(slot, versions[slot], false, five, null)));
      steps.add(new Step.Draining(slot));
    }
    return new Script(seed, steps);
  }

  private void step() {
    int slot = random.nextInt(clients);
    int kind = random.nextInt(100);
    if (kind < 8) {
      int id = chance(80) ? slot : random.nextInt(clients);
      steps.add(new Step.Connecting(slot, connect(slot, id)));
    } else if (kind < 12) {
      steps.add(new Step.Ending(slot));
    } else if (kind < 15) {
      steps.add(new Step.Sending(slot, disconnect()));
    } else if (kind < 15 + profile.bad) {
      List<Step.Breaking> all = BadPackets.all();
      Step.Breaking bad = all.get(random.nextInt(all.size()));
      steps.add(
          new Step.Breaking(
              slot, bad.name(), bad.version(), bad.first(), bad.bytes(), bad.codes()));
    } else if (kind < 27 && profile.time) {
      steps.add(new Step.Passing(slot, chance(70) ? 1 + random.nextInt(4) : random.nextInt(100)));
    } else if (kind < 37) {
      List<Step> all = new ArrayList<>();
      int count = 2 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        all.add(simple(slot));
      }
      if (!profile.time) {
        all.removeIf(each -> isEarlyRelease(each, all));
      }
      steps.add(new Step.Burst(slot, all));
    } else if (kind < 39) {
      steps.add(new Step.Draining(slot));
    } else {
      steps.add(simple(slot));
    }
  }

  /**
   * PUBREL for a message whose PUBREC the client has not seen: a server whose answer takes a while
   * may close [MQTT5-4.3.3-4].
   */
  private static boolean isEarlyRelease(Step step, List<Step> burst) {
    return step instanceof Step.Sending release
        && release.packet() instanceof PubRel pubRel
        && burst.stream()
            .anyMatch(
                each ->
                    each instanceof Step.Sending sending
                        && sending.packet() instanceof Publish publish
                        && publish.packetId() == pubRel.packetId());
  }

  /** A step that may be part of a burst. */
  private Step simple(int slot) {
    int kind = random.nextInt(100);
    if (kind < 40) {
      return new Step.Sending(slot, publish(slot));
    } else if (kind < 52) {
      int id = 1 + random.nextInt(5);
      sent.remove(slot + " " + id);
      return new Step.Sending(slot, Packets.pubRel(id));
    } else if (kind < 64) {
      return new Step.Sending(slot, subscribe());
    } else if (kind < 69) {
      return new Step.Sending(slot, unsubscribe());
    } else if (kind < 71 && profile.time) { // else it is how the server's silence is made sure of
      return new Step.Sending(slot, PingReq.INSTANCE);
    } else if (kind < 73) {
      Answer answer = Answer.values()[random.nextInt(3)];
      return new Step.Answering(slot, answer, -1 - random.nextInt(3), ReasonCode.SUCCESS);
    }
    Answer answer = Answer.values()[random.nextInt(3)];
    int which = chance(60) ? 0 : random.nextInt(5);
    boolean refuses = answer != Answer.PUBCOMP && chance(10);
    return new Step.Answering(
        slot, answer, which, refuses ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.SUCCESS);
  }

  // ---- packets

  private Connect connect(int slot, int id) {
    MqttVersion version = versions[slot];
    boolean clean = chance(35);
    Will will = chance(35) ? will(id, version) : null;
    return connect(id, version, clean, chance(75), will);
  }

  private Connect connect(
      int id, MqttVersion version, boolean clean, boolean lasting, @Nullable Will will) {
    Properties.Builder properties = Properties.builder();
    if (version.isMqtt5()) {
      if (lasting) {
        long[] expiries = {
          profile.time ? 3 : 600, profile.time ? 10 : 700, 1000, 3600, 0xffff_ffffL
        };
        properties.put(Property.SESSION_EXPIRY_INTERVAL, expiries[random.nextInt(expiries.length)]);
      }
      if (chance(40)) {
        properties.put(Property.RECEIVE_MAXIMUM, 1 + random.nextInt(3));
      }
      if (chance(15)) {
        properties.put(Property.MAXIMUM_PACKET_SIZE, 60 + random.nextInt(60));
      }
    }
    boolean anonymous = profile.time && chance(2); // its session could not be ended
    // An odd one ends between two seconds, where nothing else does.
    int keepAlive = profile.time && chance(30) ? 1 + 2 * random.nextInt(10) : 0;
    return new Connect(
        version, clean, keepAlive, anonymous ? "" : "c" + id, will, null, null, properties.build());
  }

  private Will will(int id, MqttVersion version) {
    Properties.Builder properties = Properties.builder();
    if (version.isMqtt5()) {
      if (chance(50) && profile.time) {
        properties.put(Property.WILL_DELAY_INTERVAL, random.nextInt(8));
      }
      if (chance(20)) {
        properties.put(Property.CONTENT_TYPE, "will");
      }
    }
    TopicName topic = TopicName.of(chance(80) ? "w/" + id : pick(TOPICS));
    return new Will(topic, payload(), qos(), chance(30), properties.build());
  }

  private MqttPacket publish(int slot) {
    QoS qos = qos();
    int id = qos == QoS.AT_MOST_ONCE ? 0 : 1 + random.nextInt(4);
    if (qos == QoS.AT_LEAST_ONCE && !chance(profile.time ? 50 : 3)) {
      id += 10; // no QoS 2 message has it
    }
    String key = slot + " " + id;
    Publish earlier = sent.get(key);
    if (earlier != null && earlier.qos() == qos && qos == QoS.EXACTLY_ONCE && chance(40)) {
      Properties properties = earlier.properties().without(Property.TOPIC_ALIAS);
      TopicName topic = earlier.topic().isEmpty() ? TopicName.of("a") : earlier.topic();
      return new Publish(topic, earlier.payload(), qos, earlier.retain(), true, id, properties);
    }
    String topic = chance(2) ? "$SYS/x" : pick(TOPICS);
    Properties properties =
        versions[slot].isMqtt5() && chance(35) ? properties() : Properties.EMPTY;
    boolean aliasOnly = properties.has(Property.TOPIC_ALIAS) && chance(60);
    Publish publish =
        new Publish(
            aliasOnly ? TopicName.EMPTY : TopicName.of(topic),
            payload(),
            qos,
            chance(25),
            false,
            id,
            properties);
    sent.put(key, publish);
    return publish;
  }

  private Properties properties() {
    Properties.Builder all = Properties.builder();
    if (chance(30)) {
      all.put(Property.MESSAGE_EXPIRY_INTERVAL, (profile.time ? 1 : 500) + random.nextInt(10));
    }
    if (chance(20)) {
      all.put(Property.TOPIC_ALIAS, chance(90) ? 1 + random.nextInt(3) : 1000);
    }
    if (chance(20)) {
      all.put(Property.CONTENT_TYPE, "text");
    }
    if (chance(20)) {
      all.put(Property.PAYLOAD_FORMAT_INDICATOR, 1);
    }
    if (chance(20)) {
      all.put(Property.RESPONSE_TOPIC, "answer");
    }
    if (chance(20)) {
      all.put(Property.CORRELATION_DATA, Bytes.hex("00ff01"));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      all.userProperty(pick(List.of("x", "y")), "" + random.nextInt(10));
    }
    return all.build();
  }

  private Subscribe subscribe() {
    List<Subscribe.Entry> entries = new ArrayList<>();
    int count = chance(70) ? 1 : 2 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      boolean shared = chance(25) && !sharedFilters.isEmpty();
      String filter =
          chance(profile.time ? 4 : 1) ? pick(WRONG) : pick(shared ? sharedFilters : FILTERS);
      boolean noLocal = chance(20) && (!Topics.isShared(filter) || chance(10));
      RetainHandling[] handlings = RetainHandling.values();
      RetainHandling handling =
          chance(50) ? RetainHandling.SEND : handlings[random.nextInt(handlings.length)];
      entries.add(
          new Subscribe.Entry(
              filter, new SubscriptionOptions(qos(), noLocal, chance(30), handling)));
    }
    Properties.Builder properties = Properties.builder();
    if (chance(30)) {
      properties.put(Property.SUBSCRIPTION_IDENTIFIER, 1 + random.nextInt(300));
    }
    return new Subscribe(10 + random.nextInt(90), entries, properties.build());
  }

  private Unsubscribe unsubscribe() {
    List<String> filters = new ArrayList<>();
    for (int i = chance(70) ? 1 : 3; i > 0; i--) {
      filters.add(
          chance(3)
              ? pick(WRONG)
              : pick(chance(25) && !sharedFilters.isEmpty() ? sharedFilters : FILTERS));
    }
    return new Unsubscribe(10 + random.nextInt(90), filters, Properties.EMPTY);
  }

  private Disconnect disconnect() {
    Properties.Builder properties = Properties.builder();
    if (chance(40)) {
      properties.put(
          Property.SESSION_EXPIRY_INTERVAL, random.nextInt(3) * (profile.time ? 5L : 500L));
    }
    return new Disconnect(
        chance(60) ? ReasonCode.SUCCESS : ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
        properties.build());
  }

  private Bytes payload() {
    if (chance(15) && sharedFilters.isEmpty()) {
      return Bytes.EMPTY;
    }
    String text = "m" + payloads++;
    return Bytes.utf8(chance(6) ? text + ".".repeat(LARGE_BYTES) : text);
  }

  private QoS qos() {
    return QoS.of(random.nextInt(3));
  }

  private String pick(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
