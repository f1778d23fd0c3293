package io.culvert.tcp.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Bridges between URIs, topics of MQTT and addresses of the event bus; see docs/tcp.md. */
final class BridgeSettings {
  private static final String ROOT = "tcp.bridges";
  private static final int OUTSTANDING = 64;

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
      rules.add(rule);
    }
    return rules;
  }

  private static BridgeRule rule(Configuration section, List<Problem> problems) {
    String name = needed(section, "name", problems);
    NamePattern uri = NamePattern.of(needed(section, "uri", problems));
    boolean in = needed(section, "direction", problems).equals("in");
    String other = in ? "filter" : "topic";
    meaningless(
        section, in ? "topic" : "filter", in ? "direction: out" : "direction: in", problems);
    if (section.isPresent(other) == section.isPresent("address")) {
      problems.add(section.problem(other, "is needed, or address, and not both"));
    }
    boolean mqtt = section.isPresent(other);
    if (!mqtt) {
      meaningless(section, "qos", other, problems);
    }
    if (in || mqtt) {
      meaningless(section, "delivery", "direction: out and address", problems);
    }
    if (in) {
      meaningless(section, "max-outstanding", "direction: out", problems);
    }
    int qos = section.isPresent("qos") ? section.integer("qos") : 1;
    int outstanding =
        section.isPresent("max-outstanding") ? section.integer("max-outstanding") : OUTSTANDING;
    String target = mqtt ? section.text(other) : given(section, "address");
    if (target.startsWith(mqtt ? "$SYS/" : "culvert.")) {
      problems.add(section.problem(mqtt ? other : "address", "is a name of Culvert's own"));
    }
    if (in) {
      return mqtt
          ? fromTopic(section, name, target, uri, qos, problems)
          : new BridgeRule.FromAddress(name, target, uri);
    }
    return mqtt
        ? toTopic(section, name, uri, target, qos, outstanding, problems)
        : new BridgeRule.ToAddress(
            name, uri, target, given(section, "delivery").equals("publish"), outstanding);
  }

  private static BridgeRule fromTopic(
      Configuration section,
      String name,
      String filter,
      NamePattern uri,
      int qos,
      List<Problem> problems) {
    NamePattern topics = NamePattern.of(filter);
    boolean keepsPlace = topics.isOpen() && !hasWildcard(topics.with("")) && !isShared(filter);
    if (uri.isOpen() && !keepsPlace) {
      problems.add(section.problem("uri", "may end with # only where filter is BASE/#, or #"));
    }
    return new BridgeRule.FromTopic(name, filter, uri, qos);
  }

  private static BridgeRule toTopic(
      Configuration section,
      String name,
      NamePattern uri,
      String topic,
      int qos,
      int outstanding,
      List<Problem> problems) {
    NamePattern topics = NamePattern.of(topic);
    if (topics.isOpen() && !uri.isOpen()) {
      problems.add(section.problem("topic", "may end with # only where uri does"));
    }
    if (hasWildcard(topics.with(""))) {
      problems.add(section.problem("topic", "has wildcards elsewhere than at its end"));
    }
    return new BridgeRule.ToTopic(name, uri, topics, qos, outstanding);
  }

  private static boolean hasWildcard(String text) {
    return text.contains("#") || text.contains("+");
  }

  private static boolean isShared(String filter) {
    return filter.startsWith("$share/");
  }

  private static String given(Configuration section, String key) {
    return section.isPresent(key) ? section.text(key) : "";
  }

  private static String needed(Configuration section, String key, List<Problem> problems) {
    String value = given(section, key);
    if (value.isEmpty()) {
      problems.add(section.problem(key, "is needed"));
    }
    return value;
  }

  private static void meaningless(
      Configuration section, String key, String where, List<Problem> problems) {
    if (section.isPresent(key)) {
      problems.add(section.problem(key, "has a meaning only with " + where));
    }
  }
}
