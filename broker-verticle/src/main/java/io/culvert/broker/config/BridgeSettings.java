package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.broker.bus.BridgeRule;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.bus.BridgeSection;
import io.culvert.runtime.bus.BridgeTarget;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** Bridges between topics and addresses of the event bus; see docs/event-bus.md. */
final class BridgeSettings {
  private static final String ROOT = "mqtt.bridges";
  private static final int QOS = 1;

  static final SettingTable TABLE =
      SettingTable.of(
          text(
              ROOT + "[].name",
              null,
              "A name that no other bridge has, of letters, digits and hyphens: it marks the"
                  + " messages that went through, so that they do not go in circles."),
          choice(
              ROOT + "[].direction",
              List.of("out", "in"),
              null,
              "`out` carries messages from topics to an address of the event bus, `in` from the"
                  + " address to a topic."),
          text(ROOT + "[].address", null, "Address on the event bus."),
          text(ROOT + "[].filter", null, "Topic Filter of the messages that go `out`."),
          text(
              ROOT + "[].topic",
              null,
              "Topic to which messages that come `in` are published, unless they name one below"
                  + " it."),
          number(
              ROOT + "[].qos",
              Unit.COUNT,
              0,
              2,
              String.valueOf(QOS),
              "The highest QoS of messages that go `out`, and the one of messages that come `in`"
                  + " and do not name theirs."),
          choice(
              ROOT + "[].delivery",
              List.of("request", "publish"),
              null,
              "How messages go `out`: as requests, of which each goes to one consumer, whose reply"
                  + " acknowledges it, or published to all consumers, and nobody acknowledges."
                  + " Requests unless set."),
          number(
              ROOT + "[].max-outstanding",
              Unit.COUNT,
              1,
              1000,
              null,
              "Messages that went `out` and have not been acknowledged; 1 keeps their order even"
                  + " when some come again. 64 unless set."),
          number(
              ROOT + "[].max-attempts",
              Unit.COUNT,
              0,
              1_000_000,
              null,
              "Attempts after which a message that goes `out` is given up; 0, the same as unset,"
                  + " for never."));

  private BridgeSettings() {}

  static List<BridgeRule> rules(Configuration configuration, List<Problem> problems) {
    List<BridgeRule> rules =
        BridgeSection.of(configuration, ROOT, problems).stream().map(BridgeSettings::rule).toList();
    if (!rules.isEmpty() && !configuration.flag("mqtt.event-bus")) {
      problems.add(
          new Problem(
              configuration.origin("mqtt.event-bus"),
              "mqtt.event-bus",
              "bridges need it to be on"));
    }
    return rules;
  }

  private static BridgeRule rule(BridgeSection section) {
    String address = section.needed("address");
    if (address.startsWith("culvert.mqtt.")) {
      section.refuse("address", "is the broker's own");
    }
    int qos = section.integer("qos", QOS);
    return section.needed("direction").equals("in")
        ? in(section, address, qos)
        : out(section, address, qos);
  }

  private static BridgeRule in(BridgeSection section, String address, int qos) {
    for (String key : List.of("filter", "delivery", "max-outstanding", "max-attempts")) {
      section.meaningless(key, "direction: out");
    }
    String topic = section.needed("topic");
    if (topic.startsWith("$SYS/")) {
      section.refuse("topic", "is the broker's own");
    }
    check(section, "topic", topic, () -> TopicName.of(topic));
    return new BridgeRule.In(section.name(), address, topic, qos);
  }

  private static BridgeRule out(BridgeSection section, String address, int qos) {
    section.meaningless("topic", "direction: in");
    String filter = section.needed("filter");
    check(section, "filter", filter, () -> TopicFilter.parse(filter));
    BridgeTarget target = section.to(address);
    for (String key : List.of("max-outstanding", "max-attempts")) {
      if (target.toAll() && section.has(key)) {
        section.refuse(key, "has no meaning with delivery: publish");
      }
    }
    return new BridgeRule.Out(
        section.name(),
        filter,
        qos,
        target,
        section.maximumOutstanding(),
        section.integer("max-attempts", 0));
  }

  private static void check(BridgeSection section, String key, String value, Runnable parse) {
    try {
      if (!value.isEmpty()) {
        parse.run();
      }
    } catch (MqttViolation violation) {
      section.refuse(key, "is none: " + violation.getMessage());
    }
  }
}
