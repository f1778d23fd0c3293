package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_1_3;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_3_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_8_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_8_2_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {
  static List<MqttVectors.Filter> filters() {
    return MqttVectors.topicFilters();
  }

  @ParameterizedTest
  @MethodSource("filters")
  @Normative({MQTT5_4_7_1_1, MQTT5_4_7_1_2, MQTT3_4_7_1_2, MQTT3_4_7_1_3})
  void validityIsThatOfTheVectors(MqttVectors.Filter vector) {
    MqttViolation fromText = refusal(vector.filter());
    MqttViolation fromBytes =
        catchThrowableOfType(
            MqttViolation.class, () -> TopicFilter.parse(Bytes.utf8(vector.filter())));
    assertThat(fromText == null).isEqualTo(vector.valid());
    assertThat(fromBytes == null).isEqualTo(vector.valid());
    if (fromText != null) {
      assertThat(fromText.reasonCode()).isEqualTo(ReasonCode.TOPIC_FILTER_INVALID);
      assertThat(fromText.statement()).isNotNull();
    }
  }

  @Test
  void matchesAsTheVectorsSay() {
    for (MqttVectors.Match row : MqttVectors.topicMatches()) {
      assertThat(matches(row.filter(), row.topic()))
          .as("%s on %s", row.filter(), row.topic())
          .isEqualTo(row.matches());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "foo/+", "+/bar", "+/+", "foo/bar/#", "foo/bar"})
  @Scenario(28)
  void matches(String filter) {
    assertThat(matches(filter, "foo/bar")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo/bar/baz", "foo", "foo/bar/+", "foo/ba", "foo/bar2", "oo/bar"})
  @Scenario(29)
  void doesNotMatch(String filter) {
    assertThat(matches(filter, "foo/bar")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"a+,MQTT5_4_7_1_2", "+a,MQTT5_4_7_1_2", "a#,MQTT5_4_7_1_1", "#/a,MQTT5_4_7_1_1"})
  @Normative({MQTT5_4_7_1_1, MQTT5_4_7_1_2, MQTT3_4_7_1_2, MQTT3_4_7_1_3})
  @Scenario(30)
  void refusesMisplacedWildcards(String filter, Statement statement) {
    assertThat(refusal(filter).statement()).isEqualTo(statement);
  }

  @Test
  @Normative({MQTT5_4_7_2_1, MQTT3_4_7_2_1})
  @Scenario({31, 32})
  void leadingWildcardsDoNotMatchDollarTopics() {
    assertThat(matches("#", "$SYS/foo/bar")).isFalse();
    assertThat(matches("+/foo/bar", "$SYS/foo/bar")).isFalse();
    assertThat(matches("$share/g/#", "$SYS/foo/bar")).isFalse();
    assertThat(matches("$SYS/#", "$SYS/foo/bar")).isTrue();
    assertThat(matches("$SYS/+/bar", "$SYS/foo/bar")).isTrue();
    assertThat(matches("a/+", "a/$b")).isTrue();
  }

  @Test
  void filtersOverlapWhereSomeTopicMatchesBoth() {
    List<TopicFilter> filters = new ArrayList<>();
    for (String filter : upToThreeLevels("a", "b", "", "$x", "+", "#")) {
      int hash = filter.indexOf('#');
      if (!filter.isEmpty() && (hash < 0 || hash == filter.length() - 1)) {
        filters.add(TopicFilter.parse(filter));
      }
    }
    List<TopicName> topics =
        upToThreeLevels("a", "b", "", "$x", "z").stream()
            .map(topic -> topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic))
            .toList();
    for (TopicFilter one : filters) {
      List<TopicName> matched = topics.stream().filter(one::matches).toList();
      for (TopicFilter two : filters) {
        assertThat(one.overlaps(two))
            .as("%s and %s", one, two)
            .isEqualTo(matched.stream().anyMatch(two::matches));
      }
    }
    assertThat(TopicFilter.parse("$share/g/a/+").overlaps(TopicFilter.parse("a/b"))).isTrue();
  }

  private static List<String> upToThreeLevels(String... levels) {
    List<String> all = new ArrayList<>();
    for (String first : levels) {
      all.add(first);
      for (String second : levels) {
        all.add(first + "/" + second);
        for (String third : levels) {
          all.add(first + "/" + second + "/" + third);
        }
      }
    }
    return all;
  }

  @Test
  @Scenario(33)
  void hashMatchesItsParentAndPlusAnEmptyLevel() {
    assertThat(matches("a/#", "a")).isTrue();
    assertThat(matches("a/#", "a/")).isTrue();
    assertThat(matches("a/#", "ab")).isFalse();
    assertThat(matches("a/+", "a/")).isTrue();
    assertThat(matches("a/+", "a")).isFalse();
  }

  @Test
  @Normative({MQTT5_4_8_2_1, MQTT5_4_8_2_2})
  @Scenario({34, 35})
  void shareIsParsedAndItsInnerFilterMatches() {
    TopicFilter filter = TopicFilter.parse("$share/group/a/+");
    assertThat(filter.isShared()).isTrue();
    assertThat(filter.shareName()).isEqualTo("group");
    assertThat(filter.levels()).isEqualTo(Bytes.utf8("a/+"));
    assertThat(filter.text()).isEqualTo("$share/group/a/+");
    assertThat(filter.hasWildcard()).isTrue();
    assertThat(filter.matches(TopicName.of("a/b"))).isTrue();
    assertThat(filter.matches(TopicName.of("$share/group/a/b"))).isFalse();
    assertThat(TopicFilter.parse("$share/g//a").levels()).isEqualTo(Bytes.utf8("/a"));
    assertThat(TopicFilter.parse("$shared/g/a").isShared()).isFalse();
    assertThat(TopicFilter.parse("$share").isShared()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/a#/b"})
  @Normative({MQTT5_4_8_2_1, MQTT5_4_8_2_2})
  @Scenario(35)
  void refusesBrokenShares(String filter) {
    assertThat(refusal(filter).statement()).isIn(MQTT5_4_8_2_1, MQTT5_4_8_2_2);
  }

  @Test
  @Normative({MQTT5_4_7_3_4, MQTT3_4_7_3_4})
  @Scenario(37)
  void comparesByteByByteWithoutNormalisation() {
    assertThat(matches("A", "a")).isFalse();
    assertThat(matches("\u00e4", "a\u0308")).isFalse();
    assertThat(matches("\u00e4/+", "\u00e4/b")).isTrue();
    assertThat(matches("\ufeffa", "a")).isFalse();
  }

  @Test
  @Normative({
    MQTT5_4_7_3_1,
    MQTT5_4_7_3_2,
    MQTT5_4_7_3_3,
    MQTT3_4_7_3_1,
    MQTT3_4_7_3_2,
    MQTT3_4_7_3_3
  })
  void refusesEmptyNullAndTooLong() {
    assertThat(refusal("").statement()).isEqualTo(MQTT5_4_7_3_1);
    assertThat(refusal("a\u0000").statement()).isEqualTo(MQTT5_4_7_3_2);
    assertThat(refusal("a".repeat(65_536)).statement()).isEqualTo(MQTT5_4_7_3_3);
    assertThat(refusal("a".repeat(65_535))).isNull();
    assertThat(refusal("a\ud800")).isNotNull();
  }

  @Test
  void wildcardsAreSeen() {
    assertThat(TopicFilter.parse("a/b").hasWildcard()).isFalse();
    assertThat(TopicFilter.parse("a/+/b").hasWildcard()).isTrue();
    assertThat(TopicFilter.parse("a/#").hasWildcard()).isTrue();
  }

  @Test
  void equalsByWholeText() {
    assertThat(TopicFilter.parse("$share/a/x"))
        .isEqualTo(TopicFilter.parse(Bytes.utf8("$share/a/x")))
        .hasSameHashCodeAs(TopicFilter.parse("$share/a/x"))
        .isNotEqualTo(TopicFilter.parse("$share/b/x"))
        .isNotEqualTo(TopicFilter.parse("x"));
  }

  @Test
  void ownsItsBytes() {
    byte[] borrowed = {'a', '/', '+'};
    TopicFilter filter = TopicFilter.parse(Bytes.wrap(borrowed));
    borrowed[0] = 'b';
    assertThat(filter.matches(TopicName.of("a/x"))).isTrue();
    assertThat(filter.text()).isEqualTo("a/+");
  }

  private static boolean matches(String filter, String topic) {
    return TopicFilter.parse(filter).matches(TopicName.of(topic));
  }

  private static MqttViolation refusal(String filter) {
    return catchThrowableOfType(MqttViolation.class, () -> TopicFilter.parse(filter));
  }
}
