package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTopicsTest {
  private final RecentTopics<String> recent = new RecentTopics<>(1, 42);

  @Test
  void remembersATopicThatComesTwiceOnEnd() {
    assertThat(ask("a")).isNull();
    ask("b", "other");
    assertThat(ask("a", "one", "two")).as("b came between").isNull();
    assertThat(ask("a", "one", "two")).isNull();
    assertThat(ask("a")).containsExactly("one", "two");
    assertThat(ask("b", "other")).isNull();
    assertThat(ask("a")).as("its place was not taken").isNotNull();
    ask("b", "other");
    ask("b", "other");
    assertThat(ask("b")).containsExactly("other");
    assertThat(ask("a")).isNull();
  }

  @Test
  void remembersThatNothingMatches() {
    ask("a/b");
    ask("a/b");
    assertThat(ask("a/b")).isEmpty();
  }

  @Test
  void remembersGroups() {
    SharedGroup<String> group = new SharedGroup<>(TopicFilter.parse("$share/g/a"));
    Bytes topic = Bytes.utf8("a");
    FanOut<String> found = new FanOut<>();
    for (int i = 0; i < 2; i++) {
      found.clear();
      found.add("one of another search");
      assertThat(recent.addTo(found, topic)).isFalse();
      found.addGroup(group);
      recent.remember(topic, found, 1, 0);
    }
    found.clear();
    assertThat(recent.addTo(found, topic)).isTrue();
    assertThat(found.size()).isZero();
    assertThat(found.groupCount()).isEqualTo(1);
    assertThat(found.group(0)).isSameAs(group);
  }

  @Test
  void tellsTopicsOfAnyLengthApart() {
    for (int length = 1; length < 40; length++) {
      String topic = "x".repeat(length);
      ask(topic, topic);
      ask(topic, topic);
      assertThat(ask(topic)).containsExactly(topic);
      assertThat(ask("y" + topic.substring(1))).isNull();
      assertThat(ask(topic.substring(1) + "y")).isNull();
    }
  }

  @Test
  void remembersNeitherLongTopicsNorManyMatches() {
    String topic = "l".repeat(129);
    ask(topic, "one");
    ask(topic, "one");
    assertThat(ask(topic)).isNull();
    String[] many = "123456789".split("");
    ask("a", many);
    ask("a", many);
    assertThat(ask("a")).isNull();
  }

  @Test
  void forgetsAll() {
    ask("a", "one");
    ask("a", "one");
    recent.forget();
    assertThat(ask("a", "two")).isNull();
    assertThat(ask("a")).as("it is still known as one that comes often").containsExactly("two");
  }

  @Test
  void topicsThatDifferInFewBytesHavePlacesOfTheirOwn() {
    RecentTopics<String> many = new RecentTopics<>(1024, 42);
    FanOut<String> found = new FanOut<>();
    int known = 0;
    for (int round = 0; round < 3; round++) {
      for (int i = 100; i < 200; i++) {
        Bytes topic = Bytes.utf8("plant/line/sensor" + i);
        if (many.addTo(found, topic)) {
          known++;
        } else {
          many.remember(topic, found, 0, 0);
        }
      }
    }
    assertThat(known).as("of 100 topics in 1024 places").isGreaterThan(80);
  }

  @Test
  void placesAreAPowerOfTwo() {
    assertThatThrownBy(() -> new RecentTopics<String>(3, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What is remembered; if that is null, these are found, and told. */
  private List<String> ask(String topic, String... matching) {
    Bytes utf8 = Bytes.utf8(topic);
    FanOut<String> found = new FanOut<>();
    if (!recent.addTo(found, utf8)) {
      for (String each : matching) {
        found.add(each);
      }
      recent.remember(utf8, found, 0, 0);
      return null;
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      all.add(found.get(i));
    }
    return all;
  }
}
