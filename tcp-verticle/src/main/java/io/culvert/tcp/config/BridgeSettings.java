package io.culvert.tcp.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.bus.BridgeSection;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** Bridges between URIs, topics of MQTT and addresses of the event bus; see docs/tcp.md. */
final class BridgeSettings {
  private static final String ROOT = "tcp.bridges";
  private static final int QOS = 1;

  static final SettingTable TABLE =
      SettingTable.of(
          text(
              ROOT + "[].name",
              null,
              "A name that no other bridge has, of letters, digits and hyphens: it marks the"
                  + " messages that went through, so that they do not come back."),
          choice(
              ROOT + "[].direction",
              List.of("out", "in"),
              null,
              "`out` carries what peers publish to a topic of MQTT or an address of the event bus,"
                  + " `in` what comes from there to the peers that have subscribed."),
          text(
              ROOT + "[].uri",
              null,
              "The URI; with `/#` at its end also all below it, and `#` for all."),
          text(
              ROOT + "[].topic",
              null,
              "Topic to which messages go `out`; with `/#` at its end the place below it that they"
                  + " have below the URI."),
          text(
              ROOT + "[].filter",
              null,
              "Topic Filter of the messages that come `in`; with `/#` at its end, and at that of"
                  + " the URI, they keep their place below it."),
          text(ROOT + "[].address", null, "Address on the event bus, instead of topic or filter."),
          number(
              ROOT + "[].qos",
              Unit.COUNT,
              0,
              2,
              null,
              "QoS of messages that go `out` to a topic, and the highest of those that come `in`"
                  + " from one. 1 unless set."),
          choice(
              ROOT + "[].delivery",
              List.of("request", "publish"),
              null,
              "How messages go `out` to an address: as requests, of which each goes to one"
                  + " consumer, whose reply acknowledges it, or published to all consumers, and"
                  + " nobody acknowledges. Requests unless set."),
          number(
              ROOT + "[].max-outstanding",
              Unit.COUNT,
              1,
              1000,
              null,
              "Messages that went `out` and have not been acknowledged; who publishes more gets an"
                  + " error. 64 unless set."));

  private BridgeSettings() {}

  static List<BridgeRule> rules(Configuration configuration, List<Problem> problems) {
    return BridgeSection.of(configuration, ROOT, problems).stream()
        .map(BridgeSettings::rule)
        .toList();
  }

  private static BridgeRule rule(BridgeSection section) {
    NamePattern uri = NamePattern.of(section.needed("uri"));
    boolean in = section.needed("direction").equals("in");
    String other = in ? "filter" : "topic";
    section.meaningless(in ? "topic" : "filter", in ? "direction: out" : "direction: in");
    if (section.has(other) == section.has("address")) {
      section.refuse(other, "is needed, or address, and not both");
    }
    boolean mqtt = section.has(other);
    if (!mqtt) {
      section.meaningless("qos", other);
    }
    if (in || mqtt) {
      section.meaningless("delivery", "direction: out and address");
    }
    if (in) {
      section.meaningless("max-outstanding", "direction: out");
    }
    String target = section.optional(mqtt ? other : "address");
    if (target.startsWith(mqtt ? "$SYS/" : "culvert.")) {
      section.refuse(mqtt ? other : "address", "is a name of Culvert's own");
    }
    if (in) {
      return mqtt
          ? fromTopic(section, target, uri)
          : new BridgeRule.FromAddress(section.name(), target, uri);
    }
    return mqtt
        ? toTopic(section, uri, target)
        : new BridgeRule.ToAddress(
            section.name(), uri, section.to(target), section.maximumOutstanding());
  }

  private static BridgeRule fromTopic(BridgeSection section, String filter, NamePattern uri) {
    NamePattern topics = NamePattern.of(filter);
    boolean keepsPlace = topics.isOpen() && !hasWildcard(topics.with("")) && !isShared(filter);
    if (uri.isOpen() && !keepsPlace) {
      section.refuse("uri", "may end with # only where filter is BASE/#, or #");
    }
    return new BridgeRule.FromTopic(section.name(), filter, uri, section.integer("qos", QOS));
  }

  private static BridgeRule toTopic(BridgeSection section, NamePattern uri, String topic) {
    NamePattern topics = NamePattern.of(topic);
    if (topics.isOpen() && !uri.isOpen()) {
      section.refuse("topic", "may end with # only where uri does");
    }
    if (hasWildcard(topics.with(""))) {
      section.refuse("topic", "has wildcards elsewhere than at its end");
    }
    return new BridgeRule.ToTopic(
        section.name(), uri, topics, section.integer("qos", QOS), section.maximumOutstanding());
  }

  private static boolean hasWildcard(String text) {
    return text.contains("#") || text.contains("+");
  }

  private static boolean isShared(String filter) {
    return filter.startsWith("$share/");
  }
}
