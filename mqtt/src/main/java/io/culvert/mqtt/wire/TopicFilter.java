package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A Topic Filter, plain or shared: {@code #} only alone in the last level, {@code +} only alone in
 * a level, {@code $share/} only with a Share Name and a filter behind it. Owns its bytes.
 */
public final class TopicFilter {
  private static final Bytes SHARE_PREFIX = Bytes.utf8("$share/");

  private final String text;
  private final @Nullable String shareName;
  private final Bytes levels;
  private final boolean wildcard;

  private TopicFilter(String text, @Nullable String shareName, Bytes levels) {
    this.text = text;
    this.shareName = shareName;
    this.levels = levels;
    this.wildcard = hasWildcard(levels);
  }

  /**
   * Parses a filter.
   *
   * @throws MqttViolation with {@link ReasonCode#TOPIC_FILTER_INVALID}
   */
  public static TopicFilter parse(String text) {
    Bytes utf8 = Bytes.utf8(text);
    // A lone surrogate has become a question mark on the way.
    if (utf8.length() < text.length() || !utf8.toUtf8().equals(text)) {
      throw invalid(Statement.MQTT5_1_5_4_1, "surrogate in a Topic Filter");
    }
    return parseOwned(utf8, text);
  }

  /** As {@link #parse(String)}; copies the bytes. */
  public static TopicFilter parse(Bytes utf8) {
    return parseOwned(utf8.copy(), null);
  }

  private static TopicFilter parseOwned(Bytes utf8, @Nullable String text) {
    if (utf8.isEmpty()) {
      throw invalid(Statement.MQTT5_4_7_3_1, "empty Topic Filter");
    }
    if (utf8.length() > Utf8.MAXIMUM_BYTES) {
      throw invalid(Statement.MQTT5_4_7_3_3, "Topic Filter longer than 65535 bytes");
    }
    int end = utf8.start() + utf8.length();
    int wrong = Utf8.firstInvalid(utf8.array(), utf8.start(), end);
    if (wrong != Utf8.VALID) {
      boolean zero = utf8.array()[wrong] == 0;
      throw invalid(
          zero ? Statement.MQTT5_4_7_3_2 : Statement.MQTT5_1_5_4_1,
          (zero ? "U+0000" : "ill-formed UTF-8") + " at byte " + (wrong - utf8.start()));
    }
    String whole = text == null ? utf8.toUtf8() : text;
    if (!utf8.startsWith(SHARE_PREFIX)) {
      checkWildcards(utf8);
      return new TopicFilter(whole, null, utf8);
    }
    Bytes nameAndFilter = utf8.slice(SHARE_PREFIX.length(), utf8.length());
    int nameEnd = shareNameLength(nameAndFilter);
    Bytes inner = nameAndFilter.slice(nameEnd + 1, nameAndFilter.length());
    checkWildcards(inner);
    return new TopicFilter(whole, nameAndFilter.slice(0, nameEnd).toUtf8(), inner);
  }

  /** The Share Name, or null for a plain filter. */
  public @Nullable String shareName() {
    return shareName;
  }

  public boolean isShared() {
    return shareName != null;
  }

  public boolean hasWildcard() {
    return wildcard;
  }

  /** The whole filter as it came, with {@code $share/…}. */
  public String text() {
    return text;
  }

  /** What is matched: the filter without {@code $share/name/}. */
  public Bytes levels() {
    return levels;
  }

  /** Whether it matches a Topic Name; compares bytes, so nothing is normalised. */
  public boolean matches(TopicName name) { // [MQTT5-4.7.3-4]
    if (name.startsWithDollar() && (levels.get(0) == '+' || levels.get(0) == '#')) {
      return false; // [MQTT5-4.7.2-1]
    }
    byte[] filter = levels.array();
    byte[] topic = name.utf8().array();
    int f = levels.start();
    int t = name.utf8().start();
    int filterEnd = f + levels.length();
    int topicEnd = t + name.length();
    while (true) {
      if (f < filterEnd && filter[f] == '#') {
        return true;
      }
      if (f < filterEnd && filter[f] == '+') {
        f++;
        while (t < topicEnd && topic[t] != '/') {
          t++;
        }
      } else {
        while (f < filterEnd && t < topicEnd && filter[f] != '/' && filter[f] == topic[t]) {
          f++;
          t++;
        }
      }
      boolean filterLevelEnds = f == filterEnd || filter[f] == '/';
      boolean topicLevelEnds = t == topicEnd || topic[t] == '/';
      if (!filterLevelEnds || !topicLevelEnds) {
        return false;
      }
      if (f == filterEnd) {
        return t == topicEnd;
      }
      f++;
      if (t == topicEnd) {
        return f + 1 == filterEnd && filter[f] == '#';
      }
      t++;
    }
  }

  /**
   * Whether there is a Topic Name that both match, and be it the empty one, which no message has.
   * Share Names do not count.
   */
  public boolean overlaps(TopicFilter that) {
    String[] one = levels.toUtf8().split("/", -1);
    String[] two = that.levels.toUtf8().split("/", -1);
    if (isBesideDollar(one[0], two[0]) || isBesideDollar(two[0], one[0])) {
      return false; // [MQTT5-4.7.2-1]
    }
    int common = Math.min(one.length, two.length);
    for (int i = 0; i < common; i++) {
      if (one[i].equals("#") || two[i].equals("#")) {
        return true;
      }
      if (!one[i].equals(two[i]) && !one[i].equals("+") && !two[i].equals("+")) {
        return false;
      }
    }
    String[] longer = one.length > two.length ? one : two;
    return longer.length == common
        || (longer.length == common + 1 && longer[common].equals("#")); // a/# matches a
  }

  private static boolean isBesideDollar(String first, String other) {
    return (first.equals("+") || first.equals("#")) && other.startsWith("$");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TopicFilter that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  private static int shareNameLength(Bytes nameAndFilter) {
    int at = 0;
    while (at < nameAndFilter.length() && nameAndFilter.get(at) != '/') {
      int b = nameAndFilter.get(at);
      if (b == '+' || b == '#') {
        throw invalid(Statement.MQTT5_4_8_2_2, "wildcard in a Share Name");
      }
      at++;
    }
    if (at == 0) {
      throw invalid(Statement.MQTT5_4_8_2_1, "empty Share Name");
    }
    if (at + 1 >= nameAndFilter.length()) {
      throw invalid(Statement.MQTT5_4_8_2_2, "no filter behind the Share Name");
    }
    return at;
  }

  private static void checkWildcards(Bytes filter) {
    int last = filter.length() - 1;
    for (int i = 0; i <= last; i++) {
      int b = filter.get(i);
      if (b != '+' && b != '#') {
        continue;
      }
      boolean alone =
          (i == 0 || filter.get(i - 1) == '/') && (i == last || filter.get(i + 1) == '/');
      if (b == '+' && !alone) {
        throw invalid(Statement.MQTT5_4_7_1_2, "+ shares its level, at byte " + i);
      }
      if (b == '#' && (!alone || i != last)) {
        throw invalid(Statement.MQTT5_4_7_1_1, "# is not the whole last level, at byte " + i);
      }
    }
  }

  private static boolean hasWildcard(Bytes filter) {
    for (int i = 0; i < filter.length(); i++) {
      if (filter.get(i) == '+' || filter.get(i) == '#') {
        return true;
      }
    }
    return false;
  }

  private static MqttViolation invalid(Statement statement, String detail) {
    return new MqttViolation(ReasonCode.TOPIC_FILTER_INVALID, statement, detail);
  }
}
