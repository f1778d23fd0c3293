package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.broker.bus.BridgeRule;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Bridges between topics and addresses of the event bus; see docs/event-bus.md. */
final class BridgeSettings {
  private static final String ROOT = "mqtt.bridges";
  private static final int OUTSTANDING = 64;

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
              "1",
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
    List<BridgeRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Configuration section : configuration.sections(ROOT)) {
      BridgeRule rule = rule(section, problems);
      if (!rule.name().matches("[A-Za-z0-9-]{0,64}")) {
        problems.add(
            section.problem(
                "name", "has other characters than letters, digits, hyphens, or more than 64"));
      } else if (!rule.name().isEmpty() && !names.add(rule.name())) {
        problems.add(section.problem("name", "is the name of another bridge, too"));
      }
      if (rule.address().startsWith("culvert.mqtt.")) {
        problems.add(section.problem("address", "is the broker's own"));
      }
      rules.add(rule);
    }
    if (!rules.isEmpty() && !configuration.flag("mqtt.event-bus")) {
      problems.add(
          new Problem(
              configuration.origin("mqtt.event-bus"),
              "mqtt.event-bus",
              "bridges need it to be on"));
    }
    return rules;
  }

  private static BridgeRule rule(Configuration section, List<Problem> problems) {
    String name = needed(section, "name", problems);
    String address = needed(section, "address", problems);
    int qos = section.integer("qos");
    return switch (needed(section, "direction", problems)) {
      case "in" -> {
        for (String key : List.of("filter", "delivery", "max-outstanding", "max-attempts")) {
          meaningless(section, key, "out", problems);
        }
        String topic = needed(section, "topic", problems);
        if (topic.startsWith("$SYS/")) {
          problems.add(section.problem("topic", "is the broker's own"));
        }
        check(section, "topic", topic, () -> TopicName.of(topic), problems);
        yield new BridgeRule.In(name, address, topic, qos);
      }
      default -> {
        meaningless(section, "topic", "in", problems);
        String filter = needed(section, "filter", problems);
        check(section, "filter", filter, () -> TopicFilter.parse(filter), problems);
        boolean toAll = section.isPresent("delivery") && section.text("delivery").equals("publish");
        for (String key : List.of("max-outstanding", "max-attempts")) {
          if (toAll && section.isPresent(key)) {
            problems.add(section.problem(key, "has no meaning with delivery: publish"));
          }
        }
        yield new BridgeRule.Out(
            name,
            filter,
            qos,
            address,
            toAll,
            section.isPresent("max-outstanding") ? section.integer("max-outstanding") : OUTSTANDING,
            section.isPresent("max-attempts") ? section.integer("max-attempts") : 0);
      }
    };
  }

  private static String needed(Configuration section, String key, List<Problem> problems) {
    String value = section.isPresent(key) ? section.text(key) : "";
    if (value.isEmpty()) {
      problems.add(section.problem(key, "is needed"));
    }
    return value;
  }

  private static void meaningless(
      Configuration section, String key, String direction, List<Problem> problems) {
    if (section.isPresent(key)) {
      problems.add(section.problem(key, "has a meaning only with direction: " + direction));
    }
  }

  private static void check(
      Configuration section, String key, String value, Runnable parse, List<Problem> problems) {
    try {
      if (!value.isEmpty()) {
        parse.run();
      }
    } catch (MqttViolation violation) {
      problems.add(section.problem(key, "is none: " + violation.getMessage()));
    }
  }
}
