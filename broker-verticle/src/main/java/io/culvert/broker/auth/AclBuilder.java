package io.culvert.broker.auth;

import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts an {@link Acl} together from the lines of Mosquitto's {@code acl_file}: {@code user NAME},
 * {@code topic [read|write|readwrite|deny] FILTER}, {@code pattern [read|write|readwrite|deny]
 * FILTER}. What comes before the first {@code user} is for clients without user name.
 */
public final class AclBuilder {
  /** Stand in for names while a pattern is checked. */
  private static final String ANY_NAME = "x";

  private final List<AclRule> anonymous = new ArrayList<>();
  private final Map<String, List<AclRule>> users = new HashMap<>();
  private final List<Acl.Pattern> patterns = new ArrayList<>();
  private List<AclRule> current = anonymous;

  /**
   * Takes one line that means something.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public void line(String line) {
    String[] words = line.strip().split("\\s+", 2);
    String rest = words.length < 2 ? "" : words[1];
    switch (words[0]) {
      case "user" -> user(rest);
      case "topic" -> current.add(rule(rest));
      case "pattern" -> patterns.add(pattern(rest));
      default -> throw new IllegalArgumentException("does not begin with user, topic or pattern");
    }
  }

  public boolean isEmpty() {
    return anonymous.isEmpty() && patterns.isEmpty() && users.isEmpty();
  }

  public Acl build() {
    return new Acl(anonymous, users, patterns);
  }

  private void user(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("names no user");
    }
    current = users.computeIfAbsent(name, key -> new ArrayList<>());
  }

  private static AclRule rule(String rest) {
    String[] parts = parts(rest);
    return new AclRule(AclRule.Access.of(parts[0]), filter(parts[1]));
  }

  private static Acl.Pattern pattern(String rest) {
    String[] parts = parts(rest);
    var unused = filter(parts[1].replace("%u", ANY_NAME).replace("%c", ANY_NAME)); // throws
    return new Acl.Pattern(AclRule.Access.of(parts[0]), parts[1]);
  }

  /**
   * The access, which may be left out where the filter has no spaces: else a misspelt {@code deny}
   * would be a part of the filter, and deny nothing.
   */
  private static String[] parts(String rest) {
    String[] words = rest.split("\\s+", 2);
    return words.length == 2 ? words : new String[] {"readwrite", rest};
  }

  private static TopicFilter filter(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no topic");
    }
    TopicFilter filter;
    try {
      filter = TopicFilter.parse(text);
    } catch (MqttViolation invalid) {
      throw new IllegalArgumentException("is no topic filter: " + invalid.detail(), invalid);
    }
    if (filter.isShared()) {
      throw new IllegalArgumentException("names a shared subscription; name its topics instead");
    }
    return filter;
  }
}
